import { eq, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { describe, expect, inject, test } from 'vitest'
import { createDb } from '../../../src/db/client.ts'
import type { CartAnswer } from '../../../src/db/functions/cart-of.ts'
import { type CheckoutParts, checkoutParts } from '../../../src/db/functions/checkout-parts.ts'
import { claimEvent } from '../../../src/db/functions/claim-event.ts'
import { type NewOrder, placeOrderStatement } from '../../../src/db/functions/place-order.ts'
import { NOT_GIVEN, startCheckoutStatement } from '../../../src/db/functions/start-checkout.ts'
import { checkoutDiscounts, checkoutItems, checkouts } from '../../../src/db/schema/checkout.ts'
import { emailOutbox } from '../../../src/db/schema/email.ts'
import { events } from '../../../src/db/schema/events.ts'
import { webhookEvents } from '../../../src/db/schema/operations.ts'
import {
  orderBillingAddresses,
  orderDiscounts,
  orderItems,
  orderPayments,
  orders,
  orderShippingAddresses,
  orderShippingMethods,
  orderStatuses,
} from '../../../src/db/schema/orders.ts'
import { members, prospects } from '../../../src/db/schema/people.ts'
import { checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { columnsOf, leaveOut } from '../support/columns.ts'
import { newCheckout, newEvent, newOrder, NOT_PLACED, readCheckout, started } from '../support/rows.ts'
import { createDiscountCode, createSku, db as ask, recordStatements, unique } from '../support/shop.ts'
import { pay, stripe } from '../support/stripe.ts'

// What the Worker and the functions of the database say to each other, both ways: a column that is added to a table and
// forgotten in a function, or a key that a function does not take, fails here.

const db = createDb(inject('databaseUrl'))

const parsed = (text: string): unknown => (/^[{[]/.test(text) ? JSON.parse(text) : text)

/** The keys of an object, or of what lies under `within` in it, sorted. */
const keysOf = (value: unknown, within?: string | number): string[] => {
  const object: Record<string, unknown> = { ...Object(value) }
  return Object.keys(within === undefined ? object : { ...Object(object[within]) }).toSorted()
}
const ANY_ID = expect.stringMatching(/^[0-9a-f-]{36}$/)

describe('start_checkout', () => {
  test('writes every column that it is given, and nothing else', async () => {
    const { given, row, items, discounts } = await started()
    const [key] = await ask`SELECT customer_key(${given.checkout.email}) AS key`
    expect(row).toEqual({
      ...given.checkout,
      status: 'open',
      stripeSessionId: null,
      stripeSessionUrl: null,
      closedAt: null,
      abandonedAt: null,
      cartClearedAt: null,
    })
    expect(items).toEqual(given.items.map((item) => ({ ...item, id: ANY_ID, checkoutId: row.id })))
    expect(discounts).toEqual(given.discounts.map((each) => ({ ...each, checkoutId: row.id, customerKey: key!.key })))
  })

  test('gives the member the new customer, unless it takes the place of another', async () => {
    const given = await newCheckout()
    const customerOf = async () => (await db.select().from(members).where(eq(members.id, given.checkout.memberId!)))[0]
    const before = (await customerOf())!.stripeCustomerId
    const ids = [unique('cus'), unique('cus')] as const
    await startCheckoutStatement(db, { ...given, newCustomer: { id: ids[0], replaces: before } })
    expect(await customerOf()).toMatchObject({ stripeCustomerId: ids[0] })
    const next = { ...given, checkout: { ...given.checkout, id: crypto.randomUUID(), idempotencyKey: null } }
    await startCheckoutStatement(db, {
      ...next,
      replacedId: given.checkout.id,
      newCustomer: { id: ids[1], replaces: before },
    })
    expect(await customerOf()).toMatchObject({ stripeCustomerId: ids[0] })
    expect((await readCheckout(given.checkout.id)).row).toMatchObject({ status: 'expired' })
  })
})

/** Where each column of a checkout goes when it becomes an order, or why it goes nowhere. */
const CHECKOUT_BECOMES: Record<
  keyof typeof checkouts.$inferSelect,
  `${'orders' | 'shipping'}.${string}` | { stays: string }
> = {
  id: 'orders.checkoutId',
  memberId: 'orders.memberId',
  email: 'orders.email',
  locale: 'orders.locale',
  currency: 'orders.currency',
  itemSubtotalAmount: 'orders.itemSubtotalAmount',
  itemDiscountAmount: 'orders.itemDiscountAmount',
  shippingAmount: 'orders.shippingAmount',
  shippingDiscountAmount: 'orders.shippingDiscountAmount',
  totalAmount: 'orders.totalAmount',
  taxIncluded: 'orders.taxIncluded',
  termsOfSaleVersion: 'orders.termsOfSaleVersion',
  agreedWithTermsAt: 'orders.agreedWithTermsAt',
  shippingMethodId: 'shipping.shippingMethodId',
  shippingMethodName: 'shipping.name',
  shippingCarrier: 'shipping.carrier',
  trackingUrlTemplate: 'shipping.trackingUrlTemplate',
  cartId: { stays: 'an order knows nothing of carts' },
  cartVersion: { stays: 'an order knows nothing of carts' },
  visitorId: { stays: "a guest's order belongs to the prospect" },
  networkKey: { stays: 'counts what is held, and an order holds nothing' },
  status: { stays: 'the state of the checkout' },
  fingerprint: { stays: 'tells checkouts apart' },
  idempotencyKey: { stays: 'tells requests apart' },
  stripeCustomerId: { stays: 'the payment has the one that Stripe names' },
  stripeSessionId: { stays: 'the payment has the one that was paid' },
  stripeSessionUrl: { stays: 'leads to a page that is over' },
  createdAt: { stays: 'when the checkout began' },
  expiresAt: { stays: 'when the page would have ended' },
  closedAt: { stays: 'when the checkout ended' },
  abandonedAt: { stays: 'for the sweep of checkouts' },
  cartClearedAt: { stays: 'for the sweep of carts' },
  nextSweepAt: { stays: 'for the sweep of checkouts' },
}

async function readOrder({ ids: { orderId }, placedEvent: { id: placedId } }: NewOrder) {
  const of = { orderId }
  const [order] = await db.select().from(orders).where(eq(orders.id, of.orderId))
  const rowOf = async <T>(rows: PromiseLike<T[]>): Promise<T> => {
    const all = await rows
    expect(all).toHaveLength(1)
    return all[0]!
  }
  return {
    orders: order!,
    payment: await rowOf(db.select().from(orderPayments).where(eq(orderPayments.orderId, orderId))),
    shippingAddress: await rowOf(
      db.select().from(orderShippingAddresses).where(eq(orderShippingAddresses.orderId, orderId)),
    ),
    billingAddress: await rowOf(
      db.select().from(orderBillingAddresses).where(eq(orderBillingAddresses.orderId, orderId)),
    ),
    item: await rowOf(db.select().from(orderItems).where(eq(orderItems.orderId, orderId))),
    discount: await rowOf(db.select().from(orderDiscounts).where(eq(orderDiscounts.orderId, orderId))),
    status: await rowOf(db.select().from(orderStatuses).where(eq(orderStatuses.orderId, orderId))),
    shipping: await rowOf(db.select().from(orderShippingMethods).where(eq(orderShippingMethods.orderId, orderId))),
    email: await rowOf(db.select().from(emailOutbox).where(eq(emailOutbox.orderId, orderId))),
    webhookEvent: await rowOf(db.select().from(webhookEvents).where(eq(webhookEvents.orderId, orderId))),
    placedEvent: await rowOf(db.select().from(events).where(eq(events.id, placedId))),
  }
}

const CLAIMED = { outcome: 'processed', errorCode: null }
const UNSENT = {
  variables: {},
  status: 'pending',
  attempts: 0,
  leaseId: null,
  leaseUntil: null,
  handedOverAt: null,
  lastError: null,
  sentAt: null,
}

describe('place_order', () => {
  test("writes every column of an order, a member's", async () => {
    const { given, row, items, discounts } = await started()
    const order = newOrder(given.checkout)
    await placeOrderStatement(db, order)
    const { paid, ids, now } = order
    const written = await readOrder(order)
    const part = { id: ANY_ID, orderId: ids.orderId }
    const email = given.checkout.email!
    const { checkout } = given
    expect(written).toEqual({
      orders: {
        id: ids.orderId,
        identifier: ids.identifier,
        checkoutId: row.id,
        memberId: row.memberId,
        prospectId: null,
        email,
        customerName: paid.name,
        locale: checkout.locale,
        currency: checkout.currency,
        itemSubtotalAmount: checkout.itemSubtotalAmount,
        itemDiscountAmount: checkout.itemDiscountAmount,
        shippingAmount: checkout.shippingAmount,
        shippingDiscountAmount: checkout.shippingDiscountAmount,
        totalAmount: paid.totalAmount,
        taxIncluded: true,
        taxAmount: paid.taxAmount,
        paymentState: 'paid',
        termsOfSaleVersion: checkout.termsOfSaleVersion,
        agreedWithTermsAt: checkout.agreedWithTermsAt,
        placedAt: now,
      },
      payment: {
        ...part,
        stripePaymentIntentId: paid.paymentIntentId,
        stripeSessionId: paid.sessionId,
        stripeCustomerId: paid.customerId,
        paymentMethodType: paid.paymentMethodType,
        amount: paid.totalAmount,
        currency: paid.currency,
        paidAt: now,
      },
      shippingAddress: { ...part, ...paid.shippingAddress },
      billingAddress: { ...part, ...paid.billingAddress },
      item: { ...part, ...leaveOut(items[0]!, 'id', 'checkoutId') },
      discount: { orderId: ids.orderId, ...leaveOut(discounts[0]!, 'checkoutId', 'customerKey') },
      status: { ...part, status: order.initialStatus, note: '', createdAt: now },
      shipping: {
        ...part,
        shippingMethodId: checkout.shippingMethodId,
        name: checkout.shippingMethodName,
        carrier: checkout.shippingCarrier,
        amount: checkout.shippingAmount,
        trackingUrlTemplate: checkout.trackingUrlTemplate,
        trackingNumber: null,
      },
      email: {
        ...UNSENT,
        id: ids.outboxId,
        emCd: 'code_for_members',
        orderId: ids.orderId,
        toAddress: email,
        requestId: order.requestId,
        nextSweepAt: order.sweepEmailAt,
        createdAt: now,
      },
      webhookEvent: { ...order.webhookEvent, ...CLAIMED, orderId: ids.orderId, receivedAt: now },
      placedEvent: { ...order.placedEvent, ...NOT_PLACED },
    })
    expect((await readCheckout(row.id)).row).toEqual({
      ...row,
      status: 'complete',
      closedAt: now,
      networkKey: null,
      stripeSessionId: paid.sessionId,
    })
  })

  test('carries every column of a checkout that has a place in an order', async () => {
    const { given, row } = await started()
    const order = newOrder(given.checkout)
    await placeOrderStatement(db, order)
    const written: Record<string, Record<string, unknown>> = await readOrder(order)
    expect(Object.keys(CHECKOUT_BECOMES).toSorted()).toEqual(columnsOf(checkouts).toSorted())
    for (const [column, becomes] of Object.entries(CHECKOUT_BECOMES)) {
      if (typeof becomes !== 'string') continue
      const [table = '', to = ''] = becomes.split('.')
      expect({ [becomes]: written[table]?.[to] }).toEqual({ [becomes]: { ...row }[column] })
    }
  })

  test("writes a guest's as it is told to for guests, with all of the prospect", async () => {
    const { given } = await started({ memberId: null })
    const order = newOrder(given.checkout)
    await placeOrderStatement(db, order)
    const { orders: row, email } = await readOrder(order)
    expect(row).toMatchObject({ memberId: null, prospectId: order.ids.prospectId, email: order.paid.email })
    expect(email).toMatchObject({ emCd: 'code_for_guests', toAddress: order.paid.email })
    expect(await db.select().from(prospects).where(eq(prospects.id, order.ids.prospectId))).toEqual([
      {
        id: order.ids.prospectId,
        email: order.paid.email,
        name: order.paid.name,
        prCd: order.ids.prospectCode,
        comment: 'comment about the guest',
        firstSeenAt: order.now,
        lastSeenAt: expect.any(Date),
        unsubscribedAt: null,
        convertedMemberId: null,
        convertedAt: null,
      },
    ])
  })

  test('asks for a fingerprint while the session is not known, and for its id from then on', async () => {
    const { given } = await started()
    const order = newOrder(given.checkout)
    const foreign = { ...order, paid: { ...order.paid, fingerprint: 'of another' } }
    await expect(placeOrderStatement(db, foreign)).rejects.toMatchObject({
      cause: { constraint: 'session_is_the_checkouts_own' },
    })
    await ask`UPDATE checkouts SET stripe_session_id = ${order.paid.sessionId} WHERE id = ${given.checkout.id}`
    await placeOrderStatement(db, foreign)
    expect((await readOrder(order)).orders.checkoutId).toBe(given.checkout.id)
  })
})

test('claim_event writes every column of an event', async () => {
  const event = newEvent()
  const now = new Date('2032-01-01T00:00:00.004Z')
  await claimEvent(db, event, now)
  const [row] = await db.select().from(webhookEvents).where(eq(webhookEvents.id, event.id))
  expect(row).toEqual({ ...event, ...CLAIMED, orderId: null, receivedAt: now })
})

test('the Worker sends every key that the functions take and no other', async () => {
  const sent = await recordStatements(async () => {
    const { client } = await createBuyer()
    const { code } = await createDiscountCode()
    await client.post('/v1/cart/discount-codes', { code })
    const { session_id: sessionId } = await checkOut(client)
    await pay(sessionId)
    await deliverCompleted(await stripe.checkout.sessions.retrieve(sessionId))
  })
  const argumentsOf = (called: string): unknown[] =>
    sent.find(({ query }) => query.includes(`${called}(`))?.params.map((each) => parsed(String(each))) ?? []
  const inSql = (names: string[]): string[] => names.map((name) => toSnakeCase(name)).toSorted()

  const [checkout, items, discounts] = argumentsOf('start_checkout')
  expect(keysOf(checkout)).toEqual(inSql(columnsOf(checkouts, NOT_GIVEN.checkouts)))
  expect(keysOf(items, 0)).toEqual(inSql(columnsOf(checkoutItems, NOT_GIVEN.checkoutItems)))
  expect(keysOf(discounts, 0)).toEqual(inSql(columnsOf(checkoutDiscounts, NOT_GIVEN.checkoutDiscounts)))

  // The keys that the tests above see arrive in rows.
  const expected = newOrder((await newCheckout()).checkout)
  const [paid, ids, event, , , , , byBuyer, placed] = argumentsOf('place_order')
  expect(keysOf(paid)).toEqual(inSql(Object.keys(expected.paid)))
  expect(keysOf(paid, 'shipping_address')).toEqual(inSql(columnsOf(orderShippingAddresses, { id: 1, orderId: 1 })))
  expect(keysOf(paid, 'billing_address')).toEqual(inSql(columnsOf(orderBillingAddresses, { id: 1, orderId: 1 })))
  expect(keysOf(ids)).toEqual(inSql(Object.keys(expected.ids)))
  expect(keysOf(event)).toEqual(inSql(Object.keys(expected.webhookEvent!)))
  expect(keysOf(placed)).toEqual(inSql(columnsOf(events, NOT_PLACED)))
  expect(keysOf(byBuyer)).toEqual(['guest', 'member'])
  expect(keysOf(byBuyer, 'member')).toEqual(inSql(Object.keys(expected.byBuyer.member)))
  expect(keysOf(byBuyer, 'guest')).toEqual(inSql(Object.keys(expected.byBuyer.guest)))
})

/** The keys of a type, each once: one too many or too few does not compile. */
const exactly = <T extends object>(keys: Record<keyof T, 1>): string[] => Object.keys(keys).toSorted()

describe('what the database answers', () => {
  test('with cart_of is what its type says', async () => {
    const sku = await createSku()
    await ask`INSERT INTO sku_images (sku_id, url, caption) VALUES (${sku.skuId}, '/image.png', 'caption')`
    const { client } = await createBuyer({ sku })
    const { code } = await createDiscountCode()
    await client.post('/v1/cart/discount-codes', { code })
    const [row] = await ask`
      SELECT cart_of(i.cart_id, 'usd', now()) AS cart FROM cart_items i WHERE i.sku_id = ${sku.skuId}`
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is what is to be shown
    const cart = row!.cart as CartAnswer
    type Line = CartAnswer['lines'][number]
    expect(keysOf(cart)).toEqual(
      exactly<CartAnswer>({ id: 1, version: 1, chosenMethodId: 1, lines: 1, discountCodes: 1, shippingMethod: 1 }),
    )
    expect(keysOf(cart.lines[0]!)).toEqual(
      exactly<Line>({
        skuId: 1,
        productId: 1,
        productSlug: 1,
        title: 1,
        description: 1,
        skuCode: 1,
        color: 1,
        size: 1,
        quantity: 1,
        unitAmount: 1,
        inventoryState: 1,
        onHand: 1,
        reserved: 1,
        ownReserved: 1,
        image: 1,
      }),
    )
    expect(keysOf(cart.lines[0]!.image!)).toEqual(exactly<NonNullable<Line['image']>>({ url: 1, caption: 1 }))
    expect(keysOf(cart.discountCodes[0]!)).toEqual(
      exactly<CartAnswer['discountCodes'][number]>({
        id: 1,
        code: 1,
        description: 1,
        kind: 1,
        percentOff: 1,
        amountOff: 1,
        currency: 1,
        minimumSubtotalAmount: 1,
        validFrom: 1,
        validUntil: 1,
        redemptionLimit: 1,
        perCustomerLimit: 1,
        combinable: 1,
        active: 1,
        reservedCount: 1,
        redeemedCount: 1,
        ownReservedCount: 1,
        usedByCustomer: 1,
      }),
    )
    expect(keysOf(cart.shippingMethod!)).toEqual(
      exactly<NonNullable<CartAnswer['shippingMethod']>>({
        id: 1,
        code: 1,
        name: 1,
        description: 1,
        carrier: 1,
        amount: 1,
        currency: 1,
        trackingUrlTemplate: 1,
        minDays: 1,
        maxDays: 1,
      }),
    )
  })

  test('with checkout_parts is what its type says', async () => {
    const { row, items, discounts } = await started()
    const { rows } = await db.execute<CheckoutParts>(sql`SELECT p.* FROM ${checkoutParts(sql`${row.id}::uuid`)} p`)
    const [{ title, description, quantity, unitAmount }] = items as [(typeof items)[number]]
    const line: CheckoutParts['items'][number] = { title, description, quantity, unit_amount: unitAmount }
    const expected: CheckoutParts = { order_identifier: null, items: [line], codes: [discounts[0]!.code] }
    expect(rows).toEqual([expected])
  })
})
