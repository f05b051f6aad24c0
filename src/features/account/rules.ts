/**
 * The tags of an `If-Match` header (RFC 9110), without quotes; null when any state will do. Weak ones count as strong:
 * on its way to the client an answer may be compressed, which makes its tag weak without changing what it stands for.
 */
export function readIfMatch(header: string | undefined): string[] | null {
  if (header === undefined || header.trim() === '*') return null
  return Array.from(header.matchAll(/(?:W\/)?"([^"]*)"/g), ([, tag = '']) => tag)
}
