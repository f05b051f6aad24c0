import { and, eq, inArray, ne, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { WithSubquery } from 'drizzle-orm/subquery'
import type { Db } from '../../../db/client.ts'
import { cartDiscountCodes, cartItems, carts, shippingMethods } from '../../../db/schema/cart.ts'
import { newId } from '../../../shared/ids.ts'
import type { CartOwner } from '../contents.ts'
import { idOfCart, ownedBy } from './read-cart.ts'

type Statement = BatchItem<'pg'> & PromiseLike<BatchItem<'pg'>['_']['result']>

/** Statements for a batch; at least one. */
export type Statements = [Statement, ...Statement[]]

const changed = { version: sql`${carts.version} + 1`, updatedAt: sql`now()` }

const ownerColumn = (owner: CartOwner) => ('memberId' in owner ? carts.memberId : carts.visitorId)

/** Opens the owner's cart, or counts a change of it. Locks the row, so changes of one cart run one after another. */
export const touchCart = (db: Db, owner: CartOwner) =>
  db
    .insert(carts)
    .values({ id: newId(), ...owner })
    .onConflictDoUpdate({ target: ownerColumn(owner), set: changed })

/** Locks the cart. Every change does so first, so that its other statements see what the previous change did. */
export const lockCart = (db: Db, owner: CartOwner) =>
  db.select({ id: carts.id }).from(carts).where(ownedBy(owner)).for('no key update')

/** Runs `change` and raises the cart's version if it changed a row, in one statement. */
export const countChange = (db: Db, change: WithSubquery, cartIds: SQL) =>
  db.with(change).update(carts).set(changed).where(inArray(carts.id, cartIds))

/** Sets the quantity of a line. Raises `cart_line_present`, `cart_quantity_within_limit`. */
export function setQuantityStatements(
  db: Db,
  owner: CartOwner,
  { skuId, quantity }: { skuId: string; quantity: number },
): Statements {
  const line = and(eq(cartItems.cartId, idOfCart(owner)), eq(cartItems.skuId, skuId))
  const set = db.$with('change').as(
    db
      .update(cartItems)
      .set({ quantity })
      .where(and(line, ne(cartItems.quantity, quantity)))
      .returning({ cartId: cartItems.cartId }),
  )
  return [
    lockCart(db, owner),
    countChange(db, set, sql`(SELECT cart_id FROM change)`),
    db.execute(sql`SELECT assert_that(EXISTS (SELECT 1 FROM ${cartItems} WHERE ${line}), 'cart_line_present')`),
  ]
}

/** Removes a line; without that line, nothing happens. */
export function removeItemStatements(db: Db, owner: CartOwner, skuId: string): Statements {
  const removed = db.$with('change').as(
    db
      .delete(cartItems)
      .where(and(eq(cartItems.cartId, idOfCart(owner)), eq(cartItems.skuId, skuId)))
      .returning({ cartId: cartItems.cartId }),
  )
  return [lockCart(db, owner), countChange(db, removed, sql`(SELECT cart_id FROM change)`)]
}

/** Removes lines, discount codes and the choice of shipping. The cart keeps its id, and its version rises. */
export function emptyCartStatements(db: Db, owner: CartOwner): Statements {
  const cartId = idOfCart(owner)
  return [
    lockCart(db, owner),
    db.execute(sql`
      WITH lines AS (DELETE FROM ${cartItems} WHERE ${cartItems.cartId} = ${cartId} RETURNING 1),
        codes AS (DELETE FROM ${cartDiscountCodes} WHERE ${cartDiscountCodes.cartId} = ${cartId} RETURNING 1)
      UPDATE carts SET version = version + 1, updated_at = now(), shipping_method_id = NULL
      WHERE ${ownedBy(owner)}
        AND (shipping_method_id IS NOT NULL OR EXISTS (SELECT 1 FROM lines) OR EXISTS (SELECT 1 FROM codes))`),
  ]
}

/** Chooses how to ship. Raises `shipping_method_offered`. */
export function chooseShippingStatements(
  db: Db,
  owner: CartOwner,
  shippingMethodId: string,
  currency: string,
): Statements {
  const offered = and(
    eq(shippingMethods.id, shippingMethodId),
    eq(shippingMethods.active, true),
    eq(shippingMethods.currency, currency),
  )
  return [
    db.execute(
      sql`SELECT assert_that(EXISTS (SELECT 1 FROM ${shippingMethods} WHERE ${offered}), 'shipping_method_offered')`,
    ),
    db
      .insert(carts)
      .values({ id: newId(), ...owner, shippingMethodId })
      .onConflictDoUpdate({
        target: ownerColumn(owner),
        set: { ...changed, shippingMethodId },
        setWhere: sql`${carts.shippingMethodId} IS DISTINCT FROM ${shippingMethodId}::uuid`,
      }),
  ]
}
