/** The bindings of wrangler.toml that tests use themselves. */
declare namespace Cloudflare {
  interface Env {
    RATE_LIMIT_KV: KVNamespace
    ASSETS: Fetcher
  }
}
