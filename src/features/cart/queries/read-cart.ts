import { eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { type CartAnswer, cartOf } from '../../../db/functions/cart-of.ts'
import { carts } from '../../../db/schema/cart.ts'
import type { PriceMoment } from '../../../shared/price-moment.ts'
import type { CartContents, CartDiscountCode, CartLine, CartOwner, ShippingMethod } from '../contents.ts'
import { describeSku } from '../rules.ts'

/** The condition on `carts` that the cart is this owner's. */
export const ownedBy = (owner: CartOwner): SQL =>
  'memberId' in owner ? eq(carts.memberId, owner.memberId) : eq(carts.visitorId, owner.visitorId)

/** A scalar query: the id of the owner's cart. */
export const idOfCart = (owner: CartOwner): SQL<string> =>
  sql`(SELECT ${carts.id} FROM ${carts} WHERE ${ownedBy(owner)})`

/** One statement that reads the owner's cart with everything that its view and price depend on, for `parseCart`. */
export const selectCart = (db: Db, owner: CartOwner, at: PriceMoment) =>
  db.execute<{ cart: CartAnswer }>(sql`
    SELECT ${cartOf(sql`id`, at)} AS cart FROM carts WHERE ${ownedBy(owner)}`)

/** The active shipping methods in the shop's order. */
export const selectShippingMethods = (db: Db, currency: string) =>
  db.execute<ShippingMethod>(sql`
    SELECT m.id, m.code, m.name, m.description, m.carrier, m.amount, m.currency,
      m.tracking_url_template AS "trackingUrlTemplate", m.min_days AS "minDays", m.max_days AS "maxDays"
    FROM shipping_methods m
    WHERE m.active AND m.currency = ${currency} ORDER BY m.position, m.code`)

const toLine = (line: CartLine): CartLine => ({ ...line, description: describeSku(line) })

const toMoment = (text: string | null): Date | null => (text === null ? null : new Date(text))

const toDiscountCode = ({ validFrom, validUntil, ...code }: CartAnswer['discountCodes'][number]): CartDiscountCode => ({
  ...code,
  validFrom: toMoment(validFrom),
  validUntil: toMoment(validUntil),
})

/** The cart that `selectCart` read; undefined when the owner has none. */
export function parseCart({ rows }: { rows: { cart: CartAnswer }[] }): CartContents | undefined {
  const [row] = rows
  if (row === undefined) return undefined
  const { chosenMethodId, lines, discountCodes, ...cart } = row.cart
  return {
    ...cart,
    lines: lines.map(toLine),
    discountCodes: discountCodes.map(toDiscountCode),
    shippingMethodChosen: chosenMethodId !== null && cart.shippingMethod?.id === chosenMethodId,
  }
}
