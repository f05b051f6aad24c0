import { accessLog } from '../http/access-log.ts'
import { httpsRedirect } from '../http/https-redirect.ts'
import { knownQuery } from '../http/known-query.ts'
import { knownRoute } from '../http/known-route.ts'
import { limitChanges } from '../http/rate-limit/limit-changes.ts'
import { checkInput, limitBody } from '../http/request-body.ts'
import { requestContext } from '../http/request-context.ts'
import { requestId } from '../http/request-id.ts'
import { securityHeaders } from '../http/security-headers.ts'
import type { Surface } from '../http/surface.ts'

/** The middleware, in order, of a surface that ignores shoppers' cookies, tokens and origins. */
export const withoutCookies = (surface: Surface) => [
  requestId,
  accessLog,
  securityHeaders,
  requestContext,
  httpsRedirect,
  knownRoute(surface),
  limitBody,
  checkInput,
  knownQuery(surface),
  limitChanges,
]
