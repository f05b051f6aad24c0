/**
 * The entity tags of an `If-Match` header (RFC 9110), without quotes; null when the header allows any state. Weak tags
 * count as strong ones: a proxy that compresses an answer makes its tag weak, though the account is the same.
 */
export function readIfMatch(header: string | undefined): string[] | null {
  if (header === undefined || header.trim() === '*') return null
  return Array.from(header.matchAll(/(?:W\/)?"([^"]*)"/g), ([, tag = '']) => tag)
}
