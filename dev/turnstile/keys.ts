/** Cloudflare's documented test keys: they answer the same whatever the token is. */
export const PASSES = '1x0000000000000000000000000000000AA'
export const FAILS = '2x0000000000000000000000000000000AA'
export const SPENT = '3x0000000000000000000000000000000AA'

/** Stands for the secret of a real widget: it takes tokens that were made by the stand-in, each of them once. */
export const LOCAL_SECRET = '0x4AAAAAAA-secret-of-the-local-stand-in'
