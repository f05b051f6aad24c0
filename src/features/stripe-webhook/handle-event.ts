import type { Ctx } from '../../context.ts'
import { insertOutboxRow } from '../../db/outbox.ts'
import { runStatement } from '../../db/transaction.ts'
import { noteEvent, noteFailedEvent } from '../../db/webhook-events.ts'
import { AppError, isAppError } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import { findSession } from '../../stripe/sessions.ts'
import { settleCheckout } from '../checkout/settle-checkout.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import type { WebhookAnswer } from './schemas.ts'
import type { VerifiedEvent } from './verify-event.ts'

type Handler = (ctx: Ctx, event: VerifiedEvent) => Promise<WebhookAnswer>

/** All events about a Checkout Session mean the same: look at the session as Stripe holds it now. */
const settleSession: Handler = async (ctx, { record, objectId }) => {
  const session = await findSession(ctx.stripe, objectId ?? '')
  if (session === undefined)
    throw new AppError('stripe-api-error', 'Stripe does not know the session of its own event.')
  const { orderIdentifier } = await settleCheckout(ctx, { session, event: record })
  return {
    received: true,
    outcome: 'processed',
    ...(orderIdentifier === undefined ? {} : { order_identifier: orderIdentifier }),
  }
}

const HANDLERS = new Map<string, Handler>([
  ['checkout.session.completed', settleSession],
  ['checkout.session.async_payment_succeeded', settleSession],
  ['checkout.session.async_payment_failed', settleSession],
  ['checkout.session.expired', settleSession],
])

/**
 * Lets a verified event take effect at most once. What a retry can mend is thrown, so that Stripe sends it again; what
 * it cannot is recorded, told to an operator and acknowledged.
 * Throws `stripe-api-error`, `order-creation-failed`, `database-unavailable`.
 */
export async function handleEvent(ctx: Ctx, event: VerifiedEvent): Promise<WebhookAnswer> {
  const handler = HANDLERS.get(event.type)
  if (handler === undefined) {
    await runStatement(() => noteEvent(ctx.db, event.record, 'ignored', ctx.now()))
    return { received: true, outcome: 'ignored' }
  }
  try {
    return await handler(ctx, event)
  } catch (error) {
    await recordFailure(ctx, event, error)
    if (isAppError(error, 'no-cart-id', 'cart-not-found'))
      return { received: true, outcome: 'failed', code: error.code }
    throw error
  }
}

/** Keeps the failure for operators; tells them once for each event, and not at all of what a retry usually mends. */
async function recordFailure(ctx: Ctx, { record }: VerifiedEvent, error: unknown): Promise<void> {
  const code = error instanceof AppError ? error.code : 'internal-error'
  ctx.log.error('webhook-event-failed', {
    event_id: record.id,
    type: record.type,
    object_id: record.objectId,
    code,
    error,
  })
  if (code === 'database-unavailable') return
  try {
    const { rows } = await runStatement(() => noteFailedEvent(ctx.db, record, code, ctx.now()))
    if (rows.length === 0 || code === 'stripe-api-error') return
    const outboxId = newId()
    await runStatement(() =>
      insertOutboxRow(ctx.db, {
        id: outboxId,
        emCd: 'operator_alert',
        toAddress: ctx.env.OPERATOR_EMAIL,
        variables: {
          code,
          event_id: record.id,
          event_type: record.type,
          object_id: record.objectId,
          request_id: ctx.requestId,
        },
        requestId: ctx.requestId,
        now: ctx.now(),
      }),
    )
    ctx.defer('enqueue-email', enqueueEmails(ctx, [outboxId]))
  } catch (failure) {
    ctx.log.error('webhook-failure-not-recorded', { event_id: record.id, error: failure })
  }
}
