import type { Ctx } from '../../context.ts'
import { type NewOrder, type PaidSession, placeOrderStatement } from '../../db/functions/place-order.ts'
import { OUTBOX_GRACE_MS } from '../email/queries/new-emails.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { type EventRecord, recordEvent } from '../../db/webhook-events.ts'
import { newEvent } from '../../events/new-event.ts'
import { AppError } from '../../shared/errors.ts'
import { newId, newOrderIdentifier, newProspectCode } from '../../shared/ids.ts'
import type { CheckoutSession } from '../../payments/checkout-session.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { clearCart } from './clear-cart.ts'
import { keepDefaultAddress } from './keep-default-address.ts'
import { readPaidSession } from './paid-session.ts'
import { type PlacedOrder, selectOrderOfCheckout } from './queries/read-order.ts'
import { orderByBuyer } from './rules.ts'
import { type NoOrderReason, UnmatchedPayment } from './unmatched-payment.ts'

/** Constraints that break when the order exists already. */
const ALREADY_PLACED = new Set([
  'event_handled_once',
  'order_once_per_checkout',
  'payment_intent_once',
  'payment_session_once',
])

const IDENTIFIER_ATTEMPTS = 3

/**
 * Places the order of a paid session, exactly once; webhook, return page and sweep all call this. `session` is the present
 * state at Stripe; `event`, if any, is recorded in the same transaction.
 * Throws `UnmatchedPayment` when there can be no order, `payment-not-completed`, `order-creation-failed`,
 * `database-unavailable`.
 */
export async function placeOrder(
  ctx: Ctx,
  { session, event }: { session: CheckoutSession; event?: EventRecord | undefined },
): Promise<{ identifier: string }> {
  const paid = readPaidSession(session)
  for (let attempt = 1; ; attempt++) {
    const input = newOrder(ctx, paid, event)
    try {
      await runBatch(ctx.db, [placeOrderStatement(ctx.db, input)])
      afterCommit(ctx, input)
      ctx.log.info('order-placed', {
        order: input.ids.identifier,
        checkout_id: paid.checkoutId,
        session_id: paid.sessionId,
      })
      return { identifier: input.ids.identifier }
    } catch (error) {
      if (error instanceof ConstraintViolation && ALREADY_PLACED.has(error.constraint))
        return answerExisting(ctx, { session, ...input }, error)
      const taken = error instanceof ConstraintViolation && error.constraint === 'orders_identifier_unique'
      if (!taken || attempt === IDENTIFIER_ATTEMPTS) throw toOrderError(error)
    }
  }
}

function newOrder(ctx: Ctx, paid: PaidSession, event: EventRecord | undefined): NewOrder {
  const now = ctx.now()
  const [orderId, identifier] = [newId(), newOrderIdentifier()]
  const { totalAmount: total, currency } = paid
  return {
    paid,
    webhookEvent: event ?? null,
    now,
    requestId: ctx.requestId,
    initialStatus: ctx.env.INITIAL_ORDER_STATUS,
    sweepEmailAt: new Date(now.getTime() + OUTBOX_GRACE_MS),
    ids: {
      orderId,
      identifier,
      prospectId: newId(),
      prospectCode: newProspectCode(),
      outboxId: newId(),
    },
    byBuyer: orderByBuyer(identifier),
    placedEvent: newEvent(ctx, 'order-placed', orderId, { order: identifier, total, currency }),
  }
}

/** The steps after the commit. What fails here is recorded, and the sweep does it again. */
function afterCommit(ctx: Ctx, { paid, ids }: NewOrder): void {
  ctx.defer('clear-cart', () => clearCart(ctx, { checkoutId: paid.checkoutId, orderId: ids.orderId }))
  ctx.defer('enqueue-email', () => enqueueEmails(ctx, [ids.outboxId]))
  // Only members have a customer at Stripe.
  if (paid.customerId !== null) ctx.defer('keep-default-address', () => keepDefaultAddress(ctx, ids.orderId))
}

async function answerExisting(
  ctx: Ctx,
  input: NewOrder & { session: CheckoutSession },
  violation: ConstraintViolation,
): Promise<{ identifier: string }> {
  const { paid, webhookEvent: event, ids } = input
  const { rows } = await runStatement(() => selectOrderOfCheckout(ctx.db, paid.checkoutId))
  const order: PlacedOrder | undefined = rows[0]
  if (order !== undefined && order.stripe_session_id !== paid.sessionId) {
    throw new UnmatchedPayment('foreign-session', violation)
  }
  if (order === undefined) {
    // The event was handled before, when the session was unpaid. It is paid now, so place the order without the event.
    if (violation.constraint === 'event_handled_once') return placeOrder(ctx, { session: input.session })
    throw toOrderError(violation)
  }
  // The retry after a lost answer found the order that we wrote ourselves, so the steps after the commit are still to do.
  if (order.id === ids.orderId) afterCommit(ctx, input)
  else if (event !== null && violation.constraint !== 'event_handled_once') {
    await runStatement(() => recordEvent(ctx.db, event, 'processed', ctx.now()))
  }
  return { identifier: order.identifier }
}

/** Constraints that break when there can be no order for a payment until an operator acts, with the reason. */
const UNMATCHED: Partial<Record<string, NoOrderReason>> = {
  checkout_exists: 'unknown-checkout',
  session_is_the_checkouts_own: 'foreign-session',
  order_currency_matches_payment: 'currency-mismatch',
  order_total_matches_payment: 'amount-mismatch',
  payment_unresolved: 'resolved',
  stock_never_oversold: 'out-of-stock',
}

function toOrderError(error: unknown): unknown {
  if (!(error instanceof ConstraintViolation)) return error
  const reason = UNMATCHED[error.constraint]
  if (reason !== undefined) return new UnmatchedPayment(reason, error)
  return new AppError('order-creation-failed', 'The order could not be written.', { cause: error })
}
