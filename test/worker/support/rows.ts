import { eq } from 'drizzle-orm'
import { inject } from 'vitest'
import { createDb } from '../../../src/db/client.ts'
import type { NewOrder, OrderAddress } from '../../../src/db/functions/place-order.ts'
import { type NewCheckout, NOT_GIVEN, startCheckoutStatement } from '../../../src/db/functions/start-checkout.ts'
import { checkoutDiscounts, checkoutItems, checkouts } from '../../../src/db/schema/checkout.ts'
import { events } from '../../../src/db/schema/events.ts'
import { orderShippingAddresses } from '../../../src/db/schema/orders.ts'
import type { EventRecord } from '../../../src/db/webhook-events.ts'
import { rowFor } from './columns.ts'
import { createMember } from './member.ts'
import { createDiscountCode, createSku, db as ask, unique } from './shop.ts'

const db = createDb(inject('databaseUrl'))

/** A checkout in whose columns no two values are alike, of a cart, SKU, code and member of its own. */
export async function newCheckout(over: Record<string, unknown> = {}): Promise<NewCheckout> {
  const [sku, code, { memberId }] = await Promise.all([createSku(), createDiscountCode(), createMember()])
  await ask`UPDATE members SET stripe_customer_id = ${unique('cus_before')} WHERE id = ${memberId}`
  const [cart] = await ask`
    INSERT INTO carts (visitor_id, version) VALUES (${crypto.randomUUID()}, 7) RETURNING id, version`
  const [method] = await ask`SELECT id FROM shipping_methods LIMIT 1`
  const item = rowFor(checkoutItems, NOT_GIVEN.checkoutItems, {
    skuId: sku.skuId,
    productId: sku.productId,
    quantity: 3,
    unitAmount: 1_000,
    discountAmount: 250,
    lineTotalAmount: 2_750,
  })
  const discount = rowFor(checkoutDiscounts, NOT_GIVEN.checkoutDiscounts, { discountCodeId: code.id })
  const checkout = rowFor(checkouts, NOT_GIVEN.checkouts, {
    cartId: cart!.id,
    cartVersion: cart!.version,
    memberId,
    currency: 'eur',
    itemSubtotalAmount: 3_000,
    itemDiscountAmount: 250,
    shippingAmount: 700,
    shippingDiscountAmount: 70,
    totalAmount: 3_380,
    shippingMethodId: method!.id,
    ...over,
  })
  const made: object = { checkout, items: [item], discounts: [discount], replacedId: null, newCustomer: null }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made from the tables' own columns
  return made as NewCheckout
}

export async function readCheckout(id: string) {
  const [row] = await db.select().from(checkouts).where(eq(checkouts.id, id))
  const items = await db.select().from(checkoutItems).where(eq(checkoutItems.checkoutId, id))
  const discounts = await db.select().from(checkoutDiscounts).where(eq(checkoutDiscounts.checkoutId, id))
  return { row: row!, items, discounts }
}

/** A checkout that was just begun: what was given, and what stands in the tables. */
export async function started(over: Record<string, unknown> = {}) {
  const given = await newCheckout(over)
  await startCheckoutStatement(db, given)
  return { given, ...(await readCheckout(given.checkout.id)) }
}

const address = (): OrderAddress =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made from the table's own columns
  rowFor(orderShippingAddresses, { id: '', orderId: '' }, {}) as OrderAddress

export const newEvent = (): EventRecord => ({
  id: unique('evt'),
  type: 'type.of.event',
  objectId: unique('object'),
  createdAt: new Date('2032-01-01T00:00:00.003Z'),
  payloadHash: unique('digest'),
})

/** Columns of an event that nobody gives it when it is written. */
export const NOT_PLACED = {
  alertId: null,
  attempts: 0,
  leaseId: null,
  leaseUntil: null,
  dispatchedAt: null,
  givenUpAt: null,
  lastError: null,
}

/** An order of a checkout whose values all differ from the checkout's, where they may. */
export function newOrder(checkout: NewCheckout['checkout']): NewOrder {
  return {
    paid: {
      checkoutId: checkout.id,
      sessionId: unique('cs_test'),
      fingerprint: checkout.fingerprint,
      paymentIntentId: unique('pi'),
      customerId: unique('cus_paid'),
      paymentMethodType: 'method',
      email: `${unique('payer')}@example.com`,
      name: 'Payer',
      totalAmount: checkout.totalAmount,
      taxAmount: 321,
      currency: checkout.currency,
      shippingAddress: address(),
      billingAddress: address(),
    },
    ids: {
      orderId: crypto.randomUUID(),
      identifier: unique('ORDER'),
      prospectId: crypto.randomUUID(),
      prospectCode: unique('PR'),
      outboxId: crypto.randomUUID(),
    },
    webhookEvent: newEvent(),
    initialStatus: 'shipped',
    requestId: unique('request'),
    now: new Date('2032-01-01T00:00:00.001Z'),
    sweepEmailAt: new Date('2032-01-01T00:00:00.002Z'),
    byBuyer: {
      member: { emCd: 'code_for_members', address: 'account' },
      guest: { emCd: 'code_for_guests', address: 'payment', comment: 'comment about the guest' },
    },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made from the table's own columns
    placedEvent: rowFor(events, NOT_PLACED, {}) as NewOrder['placedEvent'],
  }
}
