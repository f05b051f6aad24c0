import { type SQL, sql } from 'drizzle-orm'
import type { ShopperIds } from '../../../actor.ts'
import type { Db } from '../../../db/client.ts'
import { type CheckoutParts, checkoutParts } from '../../../db/functions/checkout-parts.ts'
import { HOLDING } from '../../../db/schema/checkout.ts'
import { listOf } from '../../../db/status-list.ts'
import type { CartOwner } from '../../cart/contents.ts'
import { currentTermsVersion } from '../../terms/queries.ts'
import type { CheckoutStatus } from '../transitions.ts'

/** A checkout with everything that its Stripe session is opened from. */
export type CheckoutRow = {
  id: string
  status: CheckoutStatus
  fingerprint: string
  idempotency_key: string | null
  stripe_session_id: string | null
  stripe_session_url: string | null
  email: string | null
  /** The member's customer at Stripe; null for a visitor. */
  stripe_customer_id: string | null
  locale: string
  currency: string
  tax_included: boolean
  item_discount_amount: number
  shipping_amount: number
  shipping_discount_amount: number
  shipping_method_name: string | null
  created_at: string
  expires_at: string
  abandoned_at: string | null
  cart_cleared_at: string | null
  order_identifier: CheckoutParts['order_identifier']
  items: CheckoutParts['items']
  discount_codes: CheckoutParts['codes']
}

const columns = sql`
  c.id, c.status, c.fingerprint, c.idempotency_key, c.stripe_session_id, c.stripe_session_url, c.email, c.stripe_customer_id, c.locale,
  c.currency, c.tax_included, c.item_discount_amount, c.shipping_amount, c.shipping_discount_amount, c.shipping_method_name,
  to_json(c.created_at) AS created_at, to_json(c.expires_at) AS expires_at, to_json(c.abandoned_at) AS abandoned_at,
  to_json(c.cart_cleared_at) AS cart_cleared_at,
  p.order_identifier, p.items, p.codes AS discount_codes`

const parts = sql`CROSS JOIN LATERAL ${checkoutParts(sql`c.id`)} p`

const ownedCart = (owner: CartOwner): SQL =>
  'memberId' in owner ? sql`k.member_id = ${owner.memberId}::uuid` : sql`k.visitor_id = ${owner.visitorId}::uuid`

/** The condition that a checkout is the caller's: started as this member, or in this browser before signing in. */
const ownedCheckout = ({ memberId, visitorId }: ShopperIds): SQL =>
  sql`(c.member_id = ${memberId}::uuid OR (c.member_id IS NULL AND c.visitor_id = ${visitorId}::uuid))`

/**
 * The checkouts of the caller's cart that matter for a new one: the open one, those that bought something that is still in
 * the cart, and the one with this idempotency key.
 */
export const selectCurrentCheckouts = (db: Db, owner: CartOwner, idempotencyKey: string | null) =>
  db.execute<CheckoutRow>(sql`
    SELECT ${columns} FROM checkouts c JOIN carts k ON k.id = c.cart_id ${parts}
    WHERE ${ownedCart(owner)} AND (c.status = 'open' OR c.idempotency_key = ${idempotencyKey}::text
        OR (c.status IN ('processing', 'complete') AND c.cart_cleared_at IS NULL))`)

/** One row: the current version of the terms of sale, null when there are none. */
export const selectTermsOfSale = (db: Db, now: Date) =>
  db.execute<{ version: string | null }>(sql`SELECT ${currentTermsVersion('sale', now)} AS version`)

/** The caller's checkouts that a session id may belong to: the one that has it, else open ones without a stored id. */
export const selectCheckoutsBySession = (db: Db, shopper: ShopperIds, sessionId: string) =>
  db.execute<CheckoutRow>(sql`
    SELECT ${columns} FROM checkouts c ${parts}
    WHERE ${ownedCheckout(shopper)} AND (c.stripe_session_id = ${sessionId} OR (c.stripe_session_id IS NULL AND c.status = 'open'))
    ORDER BY c.stripe_session_id NULLS LAST`)

/** Answers a row if this is the stored session of any checkout. */
export const selectCheckoutOfSession = (db: Db, sessionId: string) =>
  db.execute<{ id: string }>(sql`SELECT id FROM checkouts WHERE stripe_session_id = ${sessionId}`)

/** Claims checkouts whose sweep is due and postpones their next one, so that two sweeps never work on the same one. */
export const claimDueCheckouts = (db: Db, now: Date, next: { open: Date; processing: Date }, limit: number) =>
  db.execute<CheckoutRow>(sql`
    WITH due AS (
      UPDATE checkouts SET next_sweep_at = CASE status WHEN 'processing' THEN ${next.processing.toISOString()}::timestamptz
        ELSE ${next.open.toISOString()}::timestamptz END
      WHERE id IN (
        SELECT id FROM checkouts WHERE status IN ${listOf(HOLDING)} AND next_sweep_at <= ${now.toISOString()}
        ORDER BY next_sweep_at LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING *
    )
    SELECT ${columns} FROM due c ${parts}`)

/** A member's checkouts that can still be paid. */
export const selectOpenCheckoutsOf = (db: Db, memberId: string) =>
  db.execute<CheckoutRow>(sql`
    SELECT ${columns} FROM checkouts c ${parts} WHERE c.member_id = ${memberId}::uuid AND c.status = 'open' ORDER BY c.id`)

/** When the oldest checkout that can still be paid was started; null when there is none. */
export const selectOldestOpenCheckout = (db: Db) =>
  db.execute<{ created_at: string | null }>(sql`
    SELECT to_json(min(created_at)) AS created_at FROM checkouts WHERE status = 'open'`)

/** Those of the completed sessions that the shop has not recorded: neither as paid nor as waiting for a debit or operator. */
export const selectUnsettledSessions = (db: Db, sessionIds: string[]) =>
  db.execute<{ id: string }>(sql`
    SELECT s.id FROM unnest(${sql.param(sessionIds)}::text[]) WITH ORDINALITY AS s (id, position)
    WHERE NOT EXISTS (SELECT 1 FROM order_payments p WHERE p.stripe_session_id = s.id)
      AND NOT EXISTS (SELECT 1 FROM unmatched_payments u WHERE u.stripe_session_id = s.id)
      AND NOT EXISTS (SELECT 1 FROM checkouts c WHERE c.stripe_session_id = s.id AND c.status = 'processing')
    ORDER BY s.position DESC`)
