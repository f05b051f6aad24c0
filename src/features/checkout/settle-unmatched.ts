import type { Ctx } from '../../context.ts'
import { releaseCheckoutStatement } from '../../db/functions/release-checkout.ts'
import type { UnmatchedReason } from '../../db/schema/unmatched-payments.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { type EventRecord, recordEvent, recordFailedEvent } from '../../db/webhook-events.ts'
import { enqueueWritten } from '../../events/enqueue-events.ts'
import type { CheckoutSession } from '../../payments/checkout-session.ts'
import { formatMoney } from '../../shared/money.ts'
import { newAlert } from '../alerts/raise-alert.ts'
import { insertUnmatchedPayment, selectUnmatchedPayment } from '../orders/queries/unmatched-payments.ts'
import { codeOfUnmatched } from '../orders/unmatched-payment.ts'
import { holdForOperator } from './queries/write-checkout.ts'
import { processingSweepAt } from './rules.ts'

type Paid = { session: CheckoutSession; event?: EventRecord | undefined }

/** Reasons for which the session can still be the checkout's own. */
const OWN = new Set<UnmatchedReason>(['amount-mismatch', 'currency-mismatch', 'incomplete', 'out-of-stock'])

/**
 * Records a paid session for which there can be no order and alerts the operators, once, in the batch of its event. If the
 * session is the checkout's own, the checkout keeps its reservation until an operator has resolved the payment. Safe to
 * repeat. Throws `database-unavailable`.
 */
export async function settleUnmatched(
  ctx: Ctx,
  { session, event, reason }: Paid & { reason: UnmatchedReason },
): Promise<void> {
  const { checkoutId, paymentIntentId } = session
  const isOwn = OWN.has(reason)
  const amount = session.totalAmount ?? 0
  if (amount === 0 && !isOwn) {
    if (event !== undefined) await runStatement(() => recordEvent(ctx.db, event, 'ignored', ctx.now()))
    return
  }
  const now = ctx.now()
  const currency = session.currency ?? ctx.env.CURRENCY
  const code = codeOfUnmatched(reason)
  const alert = newAlert(ctx, {
    code,
    details: {
      amount: formatMoney(amount, currency, 'en'),
      object_id: session.id,
      payment_intent: paymentIntentId,
      checkout: checkoutId,
      event_id: event?.id ?? null,
      event_type: event?.type ?? null,
    },
    type: 'payment-unmatched',
    subjectId: session.id,
    data: { payment_intent: paymentIntentId, checkout: checkoutId, reason, amount, currency },
  })
  const payment = {
    sessionId: session.id,
    paymentIntentId,
    amount,
    currency,
    reason,
    checkoutId,
    now,
    alert,
  }
  const ownCheckoutId = isOwn ? checkoutId : null
  const insert = insertUnmatchedPayment(ctx.db, payment)
  const select = selectUnmatchedPayment(ctx.db, session.id)
  const hold = ownCheckoutId === null ? [] : [holdForOperator(ctx.db, ownCheckoutId, session, processingSweepAt(now))]
  const note = event === undefined ? [] : [recordFailedEvent(ctx.db, event, code, now)]
  const [first, ...rest] = [...note, ...hold, insert, select] as const
  const results = await runBatch(ctx.db, [first, ...rest])
  const rows: Record<string, unknown>[] = results.flatMap((result) => result.rows)
  if (enqueueWritten(ctx, [alert.event], results) > 0) {
    ctx.log.warn('payment-unmatched', { session_id: session.id, checkout_id: checkoutId, reason })
  } else if (ownCheckoutId !== null && rows.some(({ resolved }) => resolved === true)) {
    await releaseResolved(ctx, ownCheckoutId, session)
  }
}

/** Releases the reservation of a checkout whose unmatched payment is resolved. Throws `database-unavailable`. */
export async function settleResolved(ctx: Ctx, { session, event }: Paid): Promise<void> {
  if (session.checkoutId !== null) await releaseResolved(ctx, session.checkoutId, session)
  if (event !== undefined)
    await runStatement(() => recordFailedEvent(ctx.db, event, codeOfUnmatched('resolved'), ctx.now()))
}

/** The operator has refunded the payment, or decided that there will be no order. */
async function releaseResolved(ctx: Ctx, checkoutId: string, session: CheckoutSession): Promise<void> {
  try {
    await runBatch(ctx.db, [releaseCheckoutStatement(ctx.db, checkoutId, 'failed', ctx.now(), session)])
    ctx.log.info('checkout-released', { checkout_id: checkoutId, status: 'failed' })
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'checkout_still_open')) throw error
  }
}
