import { stripeWebhookRoutes } from '../features/stripe-webhook/routes.ts'
import { createSurface } from '../http/surface.ts'
import { withoutCookies } from './without-cookies.ts'

/** What other services call, each with a signature of its own: no cookie is read, and no browser may read an answer. */
export const webhooks = createSurface(withoutCookies, [stripeWebhookRoutes])
