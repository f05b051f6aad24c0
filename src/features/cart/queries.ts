import { eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import type { PriceMoment } from '../../db/current-price.ts'
import { carts } from '../../db/schema/cart.ts'
import type { CartContents, CartDiscountCode, CartLine, CartOwner, ShippingMethod } from './contents.ts'
import { describeSku } from './rules.ts'

/** The condition on `carts` that it is this owner's. */
export const ownedBy = (owner: CartOwner): SQL =>
  'memberId' in owner ? eq(carts.memberId, owner.memberId) : eq(carts.visitorId, owner.visitorId)

/** A scalar query: the id of the owner's cart. */
export const idOfCart = (owner: CartOwner): SQL<string> =>
  sql`(SELECT ${carts.id} FROM ${carts} WHERE ${ownedBy(owner)})`

/**
 * Everything about the owner's cart that decides what it shows and costs, in one statement for `runStatement` or a
 * batch; `parseCart` reads its result.
 */
export const selectCart = (db: Db, owner: CartOwner, { currency, now }: PriceMoment) =>
  db.execute<{ cart: CartRow }>(sql`
    SELECT cart_of(id, ${currency}, ${now.toISOString()}) AS cart FROM carts WHERE ${ownedBy(owner)}`)

/** The active methods in their order. */
export const selectShippingMethods = (db: Db, currency: string) =>
  db.execute<ShippingMethod>(sql`
    SELECT m.id, m.code, m.name, m.description, m.carrier, m.amount, m.currency,
      m.tracking_url_template AS "trackingUrlTemplate", m.min_days AS "minDays", m.max_days AS "maxDays"
    FROM shipping_methods m
    WHERE m.active AND m.currency = ${currency} ORDER BY m.position, m.code`)

/** `cart_of`'s JSON, where it differs from the contents that are made from it: moments are text, `description` is the SKU's. */
type CartRow = Pick<CartContents, 'id' | 'version' | 'lines' | 'shippingMethod'> & {
  chosenMethodId: string | null
  discountCodes: (Omit<CartDiscountCode, 'validFrom' | 'validUntil'> & {
    validFrom: string | null
    validUntil: string | null
  })[]
}

const toLine = (line: CartLine): CartLine => ({ ...line, description: describeSku(line) })

const toMoment = (text: string | null): Date | null => (text === null ? null : new Date(text))

const toDiscountCode = ({ validFrom, validUntil, ...code }: CartRow['discountCodes'][number]): CartDiscountCode => ({
  ...code,
  validFrom: toMoment(validFrom),
  validUntil: toMoment(validUntil),
})

/** The cart that `selectCart` read; undefined when the owner has none. */
export function parseCart({ rows }: { rows: { cart: CartRow }[] }): CartContents | undefined {
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
