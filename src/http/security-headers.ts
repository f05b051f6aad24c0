import { every } from 'hono/combine'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import type { AppEnv } from './app-env.ts'

const browserHeaders = secureHeaders({
  strictTransportSecurity: 'max-age=31536000; includeSubDomains; preload',
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  crossOriginOpenerPolicy: 'same-origin',
  // Prevents embedding only; allowed storefronts read by CORS, which this header does not affect.
  crossOriginResourcePolicy: 'same-origin',
  permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
  // A page with its own Content-Security-Policy, such as the documentation, keeps it.
  overwrite: false,
})

const cacheOnlyOnRequest = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  const { headers } = c.res
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
  // Any answer may set a cookie that was signed again; a shared cache would give it to other visitors.
  if (headers.has('Set-Cookie') && headers.get('Cache-Control')?.includes('public') === true)
    headers.set('Cache-Control', 'private, no-store')
})

/** Sets the security headers of the Worker's answers; `public/_headers` has those of static files. */
export const securityHeaders = every(browserHeaders, cacheOnlyOnRequest)
