import { accountRoutes } from './features/account/routes.ts'
import { authRoutes } from './features/auth/routes.ts'
import { cartRoutes } from './features/cart/routes.ts'
import { catalogRoutes } from './features/catalog/routes.ts'
import { checkoutRoutes } from './features/checkout/routes.ts'
import { operationsRoutes } from './features/operations/routes.ts'
import { ordersRoutes } from './features/orders/routes.ts'
import { pageRoutes } from './features/pages/routes.ts'
import { privacyRoutes } from './features/privacy/routes.ts'
import { shopRoutes } from './features/shop/routes.ts'
import { stripeWebhookRoutes } from './features/stripe-webhook/routes.ts'
import { termsRoutes } from './features/terms/routes.ts'
import { unsubscribeRoutes } from './features/unsubscribe/routes.ts'
import { accessLog } from './http/access-log.ts'
import { assertPolicies } from './http/assert-policies.ts'
import { corsPolicy } from './http/cors.ts'
import { csrfProtection } from './http/csrf.ts'
import { readDevice } from './http/device.ts'
import { createDocsRoutes } from './http/docs-routes.ts'
import { healthRoutes } from './http/health-routes.ts'
import { httpsRedirect } from './http/https-redirect.ts'
import { knownQuery } from './http/known-query.ts'
import { knownRoute } from './http/known-route.ts'
import { onError } from './http/problem.ts'
import { limitChanges } from './http/rate-limit/limit-changes.ts'
import { checkInput, limitBody } from './http/request-body.ts'
import { requestContext } from './http/request-context.ts'
import { requestId } from './http/request-id.ts'
import { createRouter } from './http/router.ts'
import { securityHeaders } from './http/security-headers.ts'
import { readSession } from './http/session.ts'
import { readVisitor } from './http/visitor.ts'

/** The application without its features: what every request goes through, whatever answers it. */
export function createApp() {
  const app = createRouter()
  app.onError(onError)
  // The order matters: what every answer carries, then who may ask at all, then what may be sent, then how often.
  app.use(requestId, accessLog, securityHeaders, requestContext)
  app.use(httpsRedirect, corsPolicy, knownRoute(app))
  app.use(limitBody, checkInput, knownQuery(app))
  app.use(readVisitor, readDevice, readSession, csrfProtection, limitChanges)
  return app
}

export const app = createApp()

app.route('/', healthRoutes)
app.route('/', operationsRoutes)
app.route('/', createDocsRoutes(app))
app.route('/', pageRoutes)
app.route('/', shopRoutes)
app.route('/', authRoutes)
app.route('/', accountRoutes)
app.route('/', privacyRoutes)
app.route('/', termsRoutes)
app.route('/', unsubscribeRoutes)
app.route('/', catalogRoutes)
app.route('/', cartRoutes)
app.route('/', checkoutRoutes)
app.route('/', ordersRoutes)
app.route('/', stripeWebhookRoutes)

assertPolicies(app)
