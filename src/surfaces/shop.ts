import { accountRoutes } from '../features/account/routes.ts'
import { cartRoutes } from '../features/cart/routes.ts'
import { catalogRoutes } from '../features/catalog/routes.ts'
import { checkoutRoutes } from '../features/checkout/routes.ts'
import { emailOwnershipRoutes } from '../features/email-ownership/routes.ts'
import { operationsRoutes } from '../features/operations/routes.ts'
import { ordersRoutes } from '../features/orders/routes.ts'
import { pageRoutes } from '../features/pages/routes.ts'
import { passwordRoutes } from '../features/passwords/routes.ts'
import { privacyRoutes } from '../features/privacy/routes.ts'
import { registrationRoutes } from '../features/registration/routes.ts'
import { sessionRoutes } from '../features/sessions/routes.ts'
import { shopRoutes } from '../features/shop/routes.ts'
import { signInRoutes } from '../features/sign-in/routes.ts'
import { termsRoutes } from '../features/terms/routes.ts'
import { unsubscribeRoutes } from '../features/unsubscribe/routes.ts'
import { accessLog } from '../http/access-log.ts'
import { corsPolicy } from '../http/cors.ts'
import { csrfRoutes } from '../http/csrf-routes.ts'
import { csrfProtection } from '../http/csrf.ts'
import { readDevice } from '../http/device.ts'
import { createDocsRoutes } from '../http/docs-routes.ts'
import { healthRoutes } from '../http/health-routes.ts'
import { httpsRedirect } from '../http/https-redirect.ts'
import { knownQuery } from '../http/known-query.ts'
import { knownRoute } from '../http/known-route.ts'
import { limitChanges } from '../http/rate-limit/limit-changes.ts'
import { checkInput, limitBody } from '../http/request-body.ts'
import { requestContext } from '../http/request-context.ts'
import { requestId } from '../http/request-id.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { readSession } from '../http/session.ts'
import { createSurface, type Surface } from '../http/surface.ts'
import { readVisitor } from '../http/visitor.ts'
import { operators } from './operators.ts'
import { webhooks } from './webhooks.ts'

/** The order matters: first the headers of every answer, then what may be sent, then who asks, then how often. */
export const shopMiddleware = (surface: Surface) => [
  requestId,
  accessLog,
  securityHeaders,
  requestContext,
  httpsRedirect,
  corsPolicy,
  knownRoute(surface),
  limitBody,
  checkInput,
  knownQuery(surface),
  readVisitor,
  readDevice,
  readSession,
  csrfProtection,
  limitChanges,
]

/** The surface for shoppers, storefronts and monitors, and for all paths that belong to no other surface. */
export const shop: Surface = createSurface(shopMiddleware, [
  healthRoutes,
  operationsRoutes,
  createDocsRoutes(allSurfaces),
  pageRoutes,
  shopRoutes,
  csrfRoutes,
  registrationRoutes,
  signInRoutes,
  sessionRoutes,
  passwordRoutes,
  emailOwnershipRoutes,
  accountRoutes,
  privacyRoutes,
  termsRoutes,
  unsubscribeRoutes,
  catalogRoutes,
  cartRoutes,
  checkoutRoutes,
  ordersRoutes,
])

/** All surfaces, in the order of the OpenAPI document. */
export function allSurfaces(): Surface[] {
  return [shop, webhooks, operators()]
}
