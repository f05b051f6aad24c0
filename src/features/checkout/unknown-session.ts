import type { Ctx } from '../../context.ts'
import type { AppError } from '../../shared/errors.ts'
import { stripeApiError } from '../../payments/errors.ts'
import { newAlert, raiseAlert } from '../alerts/raise-alert.ts'

/**
 * What to throw when Stripe does not know a session of ours, which says nothing about whether it was or will be paid: our
 * key is of another account or mode. Alerts the operators, once a session.
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
