import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { checkoutDiscounts, checkoutItems, checkouts } from '../../../db/schema/checkout.ts'
import { type NewCustomer, storeCustomer } from './buyer.ts'

export type NewCheckout = {
  checkout: typeof checkouts.$inferInsert & { id: string; cartId: string; cartVersion: number }
  items: (typeof checkoutItems.$inferInsert)[]
  discounts: (typeof checkoutDiscounts.$inferInsert & { perCustomerLimit: number | null })[]
  /** The open checkout of this cart that the new one takes the place of. */
  replacedId: string | null
  /** The member's customer, when this checkout is the first to know it. */
  newCustomer: NewCustomer | null
}

/** Of the sessions that name a checkout only its own counts: a payment link lets anyone name any checkout. */
const isOwnSession = (sessionId: string): SQL => sql`coalesce(stripe_session_id, ${sessionId}) = ${sessionId}`

/** Ends a checkout that is still in one of `from`; raises `checkout_still_open` when it is not. */
const close = (
  id: string,
  to: 'expired' | 'failed',
  from: ('open' | 'processing')[],
  at: string,
  which: SQL = sql`true`,
): SQL => sql`
  WITH closed AS (
    UPDATE checkouts SET status = ${to}, closed_at = ${at},
      -- A request that never got its page may be sent again under the same key.
      idempotency_key = CASE WHEN stripe_session_id IS NOT NULL THEN idempotency_key END
    WHERE id = ${id} AND status IN ${from} AND ${which} RETURNING id
  )
  SELECT assert_that(EXISTS (SELECT 1 FROM closed), 'checkout_still_open')`

const lockDiscountCodes = (checkoutIds: string[]): SQL => sql`
  SELECT id FROM discount_codes WHERE id IN (SELECT discount_code_id FROM checkout_discounts WHERE checkout_id IN ${checkoutIds})
  ORDER BY id FOR NO KEY UPDATE`

const lockSkus = (checkoutIds: string[]): SQL => sql`
  SELECT id FROM skus WHERE id IN (SELECT sku_id FROM checkout_items WHERE checkout_id IN ${checkoutIds})
  ORDER BY id FOR NO KEY UPDATE`

const countDiscounts = (checkoutId: string, by: 1 | -1): SQL => sql`
  UPDATE discount_codes d SET reserved_count = d.reserved_count + ${by}::integer
  FROM checkout_discounts cd WHERE cd.checkout_id = ${checkoutId} AND d.id = cd.discount_code_id`

const bookStock = (checkoutId: string, by: 1 | -1): SQL => sql`
  UPDATE skus s SET reserved = s.reserved + ${by}::integer * i.quantity
  FROM checkout_items i WHERE i.checkout_id = ${checkoutId} AND s.id = i.sku_id`

const assertCustomerLimit = (codeId: string, customerKey: string, limit: number): SQL => sql`
  SELECT assert_that((
    SELECT count(*) FROM checkout_discounts d JOIN checkouts c ON c.id = d.checkout_id
    WHERE d.discount_code_id = ${codeId} AND d.customer_key = ${customerKey} AND c.status IN ('open', 'processing', 'complete')
  ) <= ${limit}::integer, 'discount_limit_per_customer')`

/**
 * Writes the snapshot and reserves stock and redemptions, in one batch. Locks are taken in the order cart, checkout,
 * member, discount codes, SKUs (by id); hot SKU rows last, held for two statements and the commit.
 * Raises `cart_unchanged`, `checkout_still_open`, `checkout_one_open_per_cart`, `checkout_once_per_idempotency_key`,
 * `discount_redemptions_within_limit`, `discount_limit_per_customer`, `stock_never_oversold`.
 */
export function startCheckoutStatements(db: Db, given: NewCheckout, now: Date) {
  const { checkout, items, discounts, replacedId, newCustomer } = given
  const both = replacedId === null ? [checkout.id] : [checkout.id, replacedId]
  const run = (statement: SQL) => db.execute(statement)
  const limits = discounts.flatMap(({ discountCodeId, customerKey, perCustomerLimit }) =>
    customerKey == null || perCustomerLimit === null
      ? []
      : [run(assertCustomerLimit(discountCodeId, customerKey, perCustomerLimit))],
  )
  return [
    run(sql`SELECT id FROM carts WHERE id = ${checkout.cartId} FOR NO KEY UPDATE`),
    run(sql`SELECT assert_that(EXISTS (
      SELECT 1 FROM carts WHERE id = ${checkout.cartId} AND version = ${checkout.cartVersion}), 'cart_unchanged')`),
    ...(replacedId === null ? [] : [run(close(replacedId, 'expired', ['open'], now.toISOString()))]),
    ...(newCustomer === null ? [] : [storeCustomer(db, newCustomer)]),
    db.insert(checkouts).values(checkout),
    db.insert(checkoutItems).values(items),
    ...(discounts.length === 0 ? [] : [db.insert(checkoutDiscounts).values(discounts)]),
    ...(discounts.length === 0 && replacedId === null ? [] : [run(lockDiscountCodes(both))]),
    ...(replacedId === null ? [] : [run(countDiscounts(replacedId, -1))]),
    ...(discounts.length === 0 ? [] : [run(countDiscounts(checkout.id, 1)), ...limits]),
    run(lockSkus(both)),
    ...(replacedId === null ? [] : [run(bookStock(replacedId, -1))]),
    run(bookStock(checkout.id, 1)),
  ] as const
}

/**
 * Ends a checkout and gives back what it held; Only for a checkout whose session
 * can no longer be paid; with `sessionId`, only if that is its session. Raises `checkout_still_open` when another call
 * was faster.
 */
export const releaseStatements = (
  db: Db,
  checkoutId: string,
  to: 'expired' | 'failed',
  now: Date,
  sessionId?: string,
) =>
  [
    db.execute(
      close(
        checkoutId,
        to,
        ['open', 'processing'],
        now.toISOString(),
        sessionId === undefined ? undefined : isOwnSession(sessionId),
      ),
    ),
    db.execute(lockDiscountCodes([checkoutId])),
    db.execute(countDiscounts(checkoutId, -1)),
    db.execute(lockSkus([checkoutId])),
    db.execute(bookStock(checkoutId, -1)),
  ] as const

/** Raises `checkout_still_open` unless the checkout was open. */
export const markProcessing = (db: Db, checkoutId: string, sessionId: string, nextSweepAt: Date) =>
  db.execute(sql`
    WITH moved AS (
      UPDATE checkouts SET status = 'processing', stripe_session_id = ${sessionId}, next_sweep_at = ${nextSweepAt.toISOString()}
      WHERE id = ${checkoutId} AND status = 'open' AND ${isOwnSession(sessionId)} RETURNING id
    )
    SELECT assert_that(EXISTS (SELECT 1 FROM moved), 'checkout_still_open')`)

/** Also takes back that the checkout was given up: its buyer has come again. */
export const storeSession = (
  db: Db,
  checkoutId: string,
  session: { id: string; url: string | null },
  nextSweepAt: Date,
) =>
  db.execute(sql`
    UPDATE checkouts SET stripe_session_id = ${session.id}, stripe_session_url = ${session.url},
      next_sweep_at = ${nextSweepAt.toISOString()}, abandoned_at = NULL
    WHERE id = ${checkoutId} AND status = 'open' AND stripe_session_id IS NULL`)

/** The buyer was told that it did not work: the sweep need not wait. Another call may have got the session since. */
export const markAbandoned = (db: Db, checkoutId: string, now: Date) =>
  db.execute(sql`
    UPDATE checkouts SET abandoned_at = ${now.toISOString()}, next_sweep_at = ${now.toISOString()}
    WHERE id = ${checkoutId} AND status = 'open' AND stripe_session_id IS NULL`)
