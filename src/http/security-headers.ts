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
  // Holds back embedding only. Allowed storefronts read through CORS, which this header does not touch.
  crossOriginResourcePolicy: 'same-origin',
  permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
  // A page with a policy of its own (the documentation) keeps it.
  overwrite: false,
})

const cacheOnlyOnRequest = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  const { headers } = c.res
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
  // Any answer may bring a cookie that was signed anew, and a shared cache would hand one visitor's to the next.
  if (headers.has('Set-Cookie') && headers.get('Cache-Control')?.includes('public') === true)
    headers.set('Cache-Control', 'private, no-store')
})

/** The headers of every answer that the Worker makes; `public/_headers` has those of static files. */
export const securityHeaders = every(browserHeaders, cacheOnlyOnRequest)
