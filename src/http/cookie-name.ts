import type { Context } from 'hono'

export const isHttps = (c: Context): boolean => c.req.url.startsWith('https:')

/**
 * The name under which a cookie is kept. Browsers take `__Host-` cookies over HTTPS from this very host only, so that
 * no sibling domain can plant one; plain names serve local HTTP.
 */
export const cookieName = (c: Context, name: string): string => (isHttps(c) ? `__Host-${name}` : name)
