import type { Context } from 'hono'

export const isHttps = (c: Context): boolean => c.req.url.startsWith('https:')

/**
 * The full name of a cookie. Browsers accept a `__Host-` cookie only over HTTPS and only from this host, so that a sibling
 * domain cannot set one. Local HTTP needs the plain name.
 */
export const cookieName = (c: Context, name: string): string => (isHttps(c) ? `__Host-${name}` : name)
