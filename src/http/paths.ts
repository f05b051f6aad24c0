/** Stripe calls this one: no cookies, no browser, a raw signed body. */
export const WEBHOOK_PATH = '/v1/webhooks/stripe'

export const SIGN_OUT_PATH = '/v1/auth/logout'
export const SESSION_PATH = '/v1/auth/session'
export const REFRESH_BY_TOKEN_PATH = '/v1/auth/refresh-token'

/** Mail clients call this one with one click: no cookies, a form for a body, a token in the address. */
export const UNSUBSCRIBE_PATH = '/v1/unsubscribe'

/** Pages with a form: its own field carries the CSRF token, and their routes read it. */
export const FORM_PATHS: ReadonlySet<string> = new Set([
  '/verify-email',
  '/disown-account',
  '/undo-email-change',
  '/reset-password',
  '/export-data',
  '/erase-data',
])

/** What people open and programs do not call: the pages that links of emails and the payment page lead to. */
export const isPagePath = (path: string): boolean =>
  path === '/' || path === '/cart' || FORM_PATHS.has(path) || /^\/(?:orders|checkout)\//.test(path)

/** Methods that promise to change nothing. */
export const isSafeMethod = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** Called by programs that have no cookies; each proves by other means who it is. */
export const PATHS_WITHOUT_CSRF: ReadonlySet<string> = new Set([WEBHOOK_PATH, UNSUBSCRIBE_PATH, REFRESH_BY_TOKEN_PATH])
