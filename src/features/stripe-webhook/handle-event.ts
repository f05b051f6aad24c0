import { requireStripe } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { type EventRecord, recordEvent, recordFailedEvent } from '../../db/webhook-events.ts'
import { AppError, type ErrorCode, isAppError } from '../../shared/errors.ts'
import { isRefused } from '../../payments/errors.ts'
import type { PaymentEventKind } from '../../payments/event.ts'
import { selectCheckoutOfSession } from '../checkout/queries/read-checkout.ts'
import { settleCheckout } from '../checkout/settle-checkout.ts'
import { unknownSession } from '../checkout/unknown-session.ts'
import { codeOfUnmatched } from '../orders/unmatched-payment.ts'
import { failEvent } from './fail-event.ts'
import { settleDispute } from './settle-dispute.ts'
import { settleRefund } from './settle-refund.ts'
import type { WebhookAnswer } from './schemas.ts'
import type { VerifiedEvent } from './verify-event.ts'

type Handler = (ctx: Ctx, event: VerifiedEvent) => Promise<WebhookAnswer>

/** All events about a Checkout Session are handled alike: read the session from Stripe and settle its checkout. */
const settleSession: Handler = async (ctx, { record }) => {
  const session = await ctx.payments.findCheckoutSession(record.objectId ?? '')
  if (session === undefined) {
    await assertNotOfCheckout(ctx, record.objectId)
    return giveUpUnknownSession(ctx, record)
  }
  const { orderIdentifier, unmatched } = await settleCheckout(ctx, { session, event: record })
  if (unmatched !== undefined) return { received: true, outcome: 'failed', code: codeOfUnmatched(unmatched) }
  return {
    received: true,
    outcome: 'processed',
    ...(orderIdentifier === undefined ? {} : { order_identifier: orderIdentifier }),
  }
}

/** Throws `stripe-api-error` if this is the session of one of our checkouts: with the right key, Stripe would know it. */
async function assertNotOfCheckout(ctx: Ctx, objectId: string | null): Promise<void> {
  if (objectId === null) return
  const { rows } = await runStatement(() => selectCheckoutOfSession(ctx.db, objectId))
  if (rows.length > 0) throw await unknownSession(ctx, objectId)
}

/** Records an event about a session that neither Stripe nor any checkout knows: it belongs to another account. */
async function giveUpUnknownSession(ctx: Ctx, record: EventRecord): Promise<WebhookAnswer> {
  const { id, type, objectId } = record
  ctx.log.error('webhook-session-unknown', { event_id: id, type, object_id: objectId })
  await failEvent(ctx, record, 'cart-not-found')
  return { received: true, outcome: 'failed', code: 'cart-not-found' }
}

const HANDLERS: Record<PaymentEventKind, Handler> = {
  'session-completed': settleSession,
  'session-payment-succeeded': settleSession,
  'session-payment-failed': settleSession,
  'session-expired': settleSession,
  'refund-changed': settleRefund,
  'dispute-changed': settleDispute,
}

/**
 * Handles a verified event; it takes effect at most once. Throws what a retry may mend, so that Stripe sends the event
 * again. A payment for which there can be no order is recorded, alerted to the operators and acknowledged.
 * Throws `stripe-api-error`, `order-creation-failed`, `database-unavailable`.
 */
export async function handleEvent(ctx: Ctx, event: VerifiedEvent): Promise<WebhookAnswer> {
  requireStripe(ctx.actor)
  const handler = event.kind === null ? undefined : HANDLERS[event.kind]
  try {
    if (event.isOurs && handler !== undefined) return await handler(ctx, event)
    if (!event.isOurs) {
      const { id, type, objectId } = event.record
      ctx.log.warn('webhook-event-not-ours', { event_id: id, type })
      if (handler === settleSession) await assertNotOfCheckout(ctx, objectId)
    }
    await runStatement(() => recordEvent(ctx.db, event.record, 'ignored', ctx.now()))
    return { received: true, outcome: 'ignored' }
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'internal-error'
    const { id, type, objectId } = event.record
    ctx.log.error('webhook-event-failed', { event_id: id, type, object_id: objectId, code, error })
    // Stripe sends the event again, whether or not this is recorded.
    await recordFailure(ctx, event, code, error).catch((failure: unknown) =>
      ctx.log.error('webhook-failure-not-recorded', { event_id: id, error: failure }),
    )
    throw error
  }
}

/** Records the failure of an event, and alerts the operators once for each code unless a retry usually helps. */
async function recordFailure(ctx: Ctx, { record }: VerifiedEvent, code: ErrorCode, error: unknown): Promise<void> {
  if (code === 'database-unavailable') return
  if (isAppError(error, 'stripe-api-error') && !isRefused(error)) {
    await runStatement(() => recordFailedEvent(ctx.db, record, code, ctx.now()))
    return
  }
  await failEvent(ctx, record, code)
}
