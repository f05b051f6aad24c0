import { stripeWebhookRoutes } from '../features/stripe-webhook/routes.ts'
import { accessLog } from '../http/access-log.ts'
import { httpsRedirect } from '../http/https-redirect.ts'
import { knownQuery } from '../http/known-query.ts'
import { knownRoute } from '../http/known-route.ts'
import { limitChanges } from '../http/rate-limit/limit-changes.ts'
import { checkInput, limitBody } from '../http/request-body.ts'
import { requestContext } from '../http/request-context.ts'
import { requestId } from '../http/request-id.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { createSurface } from '../http/surface.ts'

/** What other services call, each with a signature of its own: no cookie is read, and no browser may read an answer. */
export const webhooks = createSurface(
  (surface) => [
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
  ],
  [stripeWebhookRoutes],
)
