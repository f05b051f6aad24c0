import type { Ctx } from '../../context.ts'
import type { AppError } from '../../shared/errors.ts'
import { stripeApiError } from '../../payments/errors.ts'
import { alertOperator } from '../email/alert-operator.ts'

/**
 * What to throw when Stripe does not know a session of ours, which says nothing about whether it was or will be paid: our
 * key is of another account or mode. Tells an operator, once a session.
 */
export async function unknownSession(ctx: Ctx, sessionId: string): Promise<AppError> {
  ctx.log.error('checkout-session-unknown', { session_id: sessionId })
  const record = {
    id: `unknown:${sessionId}`,
    type: 'checkout.session-unknown',
    objectId: sessionId,
    payloadHash: '',
    createdAt: ctx.now(),
  }
  await alertOperator(ctx, record, 'stripe-api-error')
  return stripeApiError(
    new Error(`Stripe does not know session ${sessionId} of ours: is STRIPE_SECRET_KEY the right one?`),
  )
}
