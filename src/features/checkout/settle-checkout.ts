import type { Ctx } from '../../context.ts'
import { claimEvent } from '../../db/functions/claim-event.ts'
import { releaseCheckoutStatement } from '../../db/functions/release-checkout.ts'
import { insertOutboxRow } from '../email/queries/new-emails.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { type EventRecord, recordEvent } from '../../db/webhook-events.ts'
import type { CheckoutSession } from '../../payments/checkout-session.ts'
import { newId } from '../../shared/ids.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { clearCart } from '../orders/clear-cart.ts'
import { placeOrder } from '../orders/place-order.ts'
import { type NoOrderReason, UnmatchedPayment } from '../orders/unmatched-payment.ts'
import { markProcessing } from './queries/write-checkout.ts'
import { processingSweepAt } from './rules.ts'
import type { CheckoutStatus } from './transitions.ts'
import { settleResolved, settleUnmatched } from './settle-unmatched.ts'

export type Settlement = {
  status: CheckoutStatus
  orderIdentifier?: string
  /** Why no order can be placed for a paid session. */
  unmatched?: NoOrderReason
}

type Input = {
  /** The session as Stripe has it now, read after the event or request that led here. */
  session: CheckoutSession
  event?: EventRecord | undefined
}

/**
 * Brings a checkout in line with its session at Stripe. Webhook, return page, a replaced checkout and the sweep all call
 * this; an event is recorded in the same transaction as its effect. A session that names the checkout but is not its own
 * does not change it; if such a session was paid, that is recorded for an operator.
 * Throws what `placeOrder` throws, except for payments for which there can be no order.
 */
export async function settleCheckout(ctx: Ctx, { session, event }: Input): Promise<Settlement> {
  const { state, checkoutId } = session
  if (state === 'paid') return settlePaid(ctx, { session, event })
  if (checkoutId === null || state === 'open') {
    if (event !== undefined) await runStatement(() => recordEvent(ctx.db, event, 'ignored', ctx.now()))
    return { status: 'open' }
  }
  if (state === 'processing') return waitForDebit(ctx, checkoutId, session, event)
  return release(ctx, checkoutId, { to: state, session, event })
}

async function settlePaid(ctx: Ctx, { session, event }: Input): Promise<Settlement> {
  try {
    const { identifier } = await placeOrder(ctx, { session, event })
    return { status: 'complete', orderIdentifier: identifier }
  } catch (error) {
    if (!(error instanceof UnmatchedPayment)) throw error
    const { reason } = error
    if (reason === 'resolved') {
      await settleResolved(ctx, { session, event })
      return { status: 'failed', unmatched: reason }
    }
    await settleUnmatched(ctx, { session, event, reason })
    return { status: 'processing', unmatched: reason }
  }
}

/** Runs a change of status together with its event. If the checkout has left the status already, it only records the event. */
async function move(
  ctx: Ctx,
  event: EventRecord | undefined,
  statements: Parameters<typeof runBatch>[1],
): Promise<boolean> {
  try {
    const [first, ...rest] = statements
    await runBatch(
      ctx.db,
      event === undefined ? [first, ...rest] : [claimEvent(ctx.db, event, ctx.now()), first, ...rest],
    )
    return true
  } catch (error) {
    if (!(error instanceof ConstraintViolation)) throw error
    if (error.constraint !== 'checkout_still_open' && error.constraint !== 'event_handled_once') throw error
    if (event !== undefined) await runStatement(() => recordEvent(ctx.db, event, 'processed', ctx.now()))
    return false
  }
}

/** The customer has paid by bank debit, and the money is on its way: keeps the reservation and clears the cart. */
async function waitForDebit(
  ctx: Ctx,
  checkoutId: string,
  session: CheckoutSession,
  event: EventRecord | undefined,
): Promise<Settlement> {
  const moved = await move(ctx, event, [markProcessing(ctx.db, checkoutId, session, processingSweepAt(ctx.now()))])
  if (moved) ctx.defer('clear-cart', () => clearCart(ctx, { checkoutId }))
  return { status: 'processing' }
}

async function release(
  ctx: Ctx,
  checkoutId: string,
  { to, session, event }: Input & { to: 'expired' | 'failed' },
): Promise<Settlement> {
  const outboxId = newId()
  const emails =
    to === 'failed' && session.email
      ? [
          insertOutboxRow(ctx.db, {
            id: outboxId,
            emCd: 'payment_failed',
            toAddress: session.email,
            variables: {
              name: session.name ?? '',
              cart_url: `${ctx.env.STOREFRONT_URL}/cart`,
              checkout_id: checkoutId,
            },
            requestId: ctx.requestId,
            now: ctx.now(),
          }),
        ]
      : []
  const moved = await move(ctx, event, [
    releaseCheckoutStatement(ctx.db, checkoutId, to, ctx.now(), session),
    ...emails,
  ])
  if (moved) {
    ctx.log.info('checkout-released', { checkout_id: checkoutId, status: to })
    if (emails.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, [outboxId]))
  }
  return { status: to }
}
