import { stripeWebhookRoutes } from '../features/stripe-webhook/routes.ts'
import { createSurface } from '../http/surface.ts'
import { withoutCookies } from './without-cookies.ts'

/** The surface for other services, which sign their requests. It reads no cookies, and no browser may read its answers. */
export const webhooks = createSurface(withoutCookies, [stripeWebhookRoutes])
