import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { newAlert, raiseAlert } from '../alerts/raise-alert.ts'
import { isAppError } from '../../shared/errors.ts'
import type { CheckoutSession } from '../../payments/checkout-session.ts'
import { isRefused } from '../../payments/errors.ts'
import { clearCart } from '../orders/clear-cart.ts'
import { selectUnclearedCheckouts } from '../orders/queries/cleared-carts.ts'
import { endCheckout, releaseCheckout } from './end-checkout.ts'
import { openSession } from './open-session.ts'
import {
  type CheckoutRow,
  claimDueCheckouts,
  selectOldestOpenCheckout,
  selectUnsettledSessions,
} from './queries/read-checkout.ts'
import { storeSession } from './queries/write-checkout.ts'
import { canStillOpen, processingSweepAt, sessionSweepAt } from './rules.ts'
import { settleCheckout } from './settle-checkout.ts'
import { unknownSession } from './unknown-session.ts'

const BATCH = 50
const RETRY_AFTER_MS = 5 * 60_000
const LIST_PAGES = 10
/** After this long the sweep stops and leaves the rest to later ones, so that ticks do not pile up when Stripe is slow. */
const BUDGET_MS = 45_000

/** Does the work for each item; an item that fails does not stop the others. */
async function each<T>(ctx: Ctx, name: string, items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const endsAt = Date.now() + BUDGET_MS
  for (const item of items) {
    if (Date.now() > endsAt) return ctx.log.warn('sweep-cut-short', { sweep: name, items: items.length })
    try {
      await work(item)
    } catch (error) {
      ctx.log.error('sweep-failed', { sweep: name, error })
    }
  }
}

/** Settles checkouts whose sweep is due, because no event about them came in time. Bounded; safe to run twice at once. */
export async function sweepCheckouts(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  const now = ctx.now()
  const again = { open: new Date(now.getTime() + RETRY_AFTER_MS), processing: processingSweepAt(now) }
  const { rows } = await runStatement(() => claimDueCheckouts(ctx.db, now, again, BATCH))
  await each(ctx, 'checkouts', rows, (row) => sweepOne(ctx, row))
}

async function sweepOne(ctx: Ctx, row: CheckoutRow): Promise<void> {
  const overdue = new Date(row.expires_at) <= ctx.now()
  if (row.status === 'open' && (row.abandoned_at !== null || overdue)) {
    await endCheckout(ctx, row)
  } else if (row.stripe_session_id === null) {
    await findUnansweredSession(ctx, row)
  } else {
    const session = await ctx.payments.findCheckoutSession(row.stripe_session_id)
    if (session === undefined) throw await unknownSession(ctx, row.stripe_session_id)
    await settleCheckout(ctx, { session })
  }
}

/**
 * Deals with a checkout without a stored session: the Worker was cut off before it opened or stored one. A session that
 * only opens now was never shown to anybody, so it is ended; an earlier one may be in a customer's browser, and stays.
 */
async function findUnansweredSession(ctx: Ctx, row: CheckoutRow): Promise<void> {
  if (!canStillOpen(new Date(row.expires_at), ctx.now())) return void (await endCheckout(ctx, row))
  const session = await openSession(ctx, row).catch(async (error: unknown) => {
    if (!isRefused(error)) throw error
    await releaseCheckout(ctx, row.id)
    return undefined
  })
  if (session === undefined) return
  if (session.isReplayed) {
    await runStatement(() => storeSession(ctx.db, row.id, session, sessionSweepAt(new Date(row.expires_at))))
  } else {
    await endCheckout(ctx, { ...row, stripe_session_id: session.id })
  }
}

/**
 * Settles sessions that were completed but whose webhook never came: places their orders, or records payments for which
 * there can be no order. Asks Stripe only while checkouts are open.
 */
export async function placeMissedOrders(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  const { rows } = await runStatement(() => selectOldestOpenCheckout(ctx.db))
  const oldest = rows[0]?.created_at
  if (oldest == null) return
  const { sessions } = await ctx.payments.listCheckoutSessions({
    since: new Date(oldest),
    only: 'complete',
    pages: LIST_PAGES,
  })
  const ids = sessions.filter(isRelevant).map(({ id }) => id)
  if (ids.length === 0) return
  const { rows: unsettled } = await runStatement(() => selectUnsettledSessions(ctx.db, ids))
  await each(ctx, 'missed-orders', unsettled, ({ id }) => settleMissedSession(ctx, id))
}

/** Whether there may be something to record: about our own sessions, and about other sessions that were paid. */
const isRelevant = (session: CheckoutSession): boolean =>
  session.fingerprint !== null || (session.state === 'paid' && (session.totalAmount ?? 0) !== 0)

/** Settles one session. The webhook may never come, so this alerts the operators when its order cannot be written. */
async function settleMissedSession(ctx: Ctx, sessionId: string): Promise<void> {
  const session = await ctx.payments.findCheckoutSession(sessionId)
  if (session === undefined) return
  try {
    await settleCheckout(ctx, { session })
  } catch (error) {
    if (isAppError(error, 'order-creation-failed')) {
      const alert = newAlert(ctx, {
        code: error.code,
        details: { reason: 'order-missed', object_id: sessionId },
        type: 'order-missed',
        subjectId: sessionId,
        data: { code: error.code },
      })
      await raiseAlert(ctx, alert)
    }
    throw error
  }
}

/** Removes what was bought from carts where that failed or never ran after the order. */
export async function clearForgottenCarts(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  const { rows } = await runStatement(() =>
    selectUnclearedCheckouts(ctx.db, new Date(ctx.now().getTime() - 60_000), BATCH),
  )
  await each(ctx, 'carts', rows, ({ id }) => clearCart(ctx, { checkoutId: id }))
}
