import { createOperatorsRoutes } from '../features/operators/routes.ts'
import { accessLog } from '../http/access-log.ts'
import { httpsRedirect } from '../http/https-redirect.ts'
import { knownQuery } from '../http/known-query.ts'
import { knownRoute } from '../http/known-route.ts'
import { limitChanges } from '../http/rate-limit/limit-changes.ts'
import { checkInput, limitBody } from '../http/request-body.ts'
import { requestContext } from '../http/request-context.ts'
import { requestId } from '../http/request-id.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { createSurface, type Surface } from '../http/surface.ts'

const middleware = (surface: Surface) => [
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

let built: Surface | undefined

/**
 * What operators call. Shoppers' cookies, tokens and origins mean nothing here: whoever asks is nobody, and every route
 * of `access: 'operator'` refuses them. Built on first use: a new isolate starts for shoppers and does not wait for it.
 */
export function operators(): Surface {
  built ??= createSurface(middleware, [createOperatorsRoutes()])
  return built
}
