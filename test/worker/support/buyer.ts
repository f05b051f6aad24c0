import { expect } from 'vitest'
import { idOf } from '../../../src/payments/stripe/values.ts'
import { type Client, createVisitor } from './client.ts'
import { createSku, type TestSku } from './shop.ts'
import { deliver, pay, sessionEvent, stripe } from './stripe.ts'

export type Checkout = { checkout_id: string; session_id: string; url: string; expires_at: string }

/** A visitor with a cart of `quantity` units of a SKU of its own. */
export async function createBuyer({
  sku,
  quantity = 1,
  overrides = {},
}: { sku?: TestSku; quantity?: number; overrides?: Record<string, unknown> } = {}): Promise<{
  client: Client
  sku: TestSku
}> {
  const bought = sku ?? (await createSku())
  const client = await createVisitor(overrides)
  await addToCart(client, bought.skuId, quantity)
  return { client, sku: bought }
}

export async function addToCart(client: Client, skuId: string, quantity = 1): Promise<void> {
  const answer = await client.post('/v1/cart/items', { sku_id: skuId, quantity })
  expect(answer.status, answer.text).toBe(200)
}

export async function checkOut(client: Client, body: Record<string, unknown> = {}): Promise<Checkout> {
  const answer = await client.post('/v1/checkout', { agreed_with_terms_of_sale: true, ...body })
  expect([200, 201], answer.text).toContain(answer.status)
  return answer.json
}

/** Tells the Worker of a session, as Stripe would after it was paid. */
export const deliverCompleted = (session: { id: string }, id?: string) =>
  deliver(sessionEvent('checkout.session.completed', session, id))

/** Buys what is in the cart: checkout, payment, webhook. Answers the order's identifier. */
export async function buy(
  client: Client,
  body: Record<string, unknown> = {},
): Promise<{ checkout: Checkout; identifier: string }> {
  const checkout = await checkOut(client, body)
  await pay(checkout.session_id)
  const answer = await deliverCompleted(await stripe.checkout.sessions.retrieve(checkout.session_id))
  expect(answer.status, answer.text).toBe(200)
  return { checkout, identifier: answer.json.order_identifier }
}

/** An order and the payment intent that it was paid by. */
export async function boughtOrder() {
  const { client, sku } = await createBuyer()
  const { checkout, identifier } = await buy(client)
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(checkout.session_id)
  return { client, sku, identifier, intent: idOf(intent) ?? '' }
}
