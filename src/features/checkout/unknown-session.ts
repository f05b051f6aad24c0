import type { Ctx } from '../../context.ts'
import type { AppError } from '../../shared/errors.ts'
import { stripeApiError } from '../../payments/errors.ts'
import { newAlert, raiseAlert } from '../alerts/raise-alert.ts'

/**
 * The error for one of our sessions that Stripe does not know, because our key belongs to another account or mode: nothing
 * is known about its payment. Alerts the operators, once for each session.
 */
export async function unknownSession(ctx: Ctx, sessionId: string): Promise<AppError> {
  ctx.log.error('checkout-session-unknown', { session_id: sessionId })
  const alert = newAlert(ctx, {
    code: 'stripe-api-error',
    details: { reason: 'checkout-session-unknown', object_id: sessionId },
    type: 'checkout-session-unknown',
    subjectId: sessionId,
    data: {},
  })
  await raiseAlert(ctx, alert)
  return stripeApiError(
    new Error(`Stripe does not know session ${sessionId} of ours: is STRIPE_SECRET_KEY the right one?`),
  )
}
