import { z } from 'zod'
import type { BuiltShop } from '../../world/built-worker.ts'
import { createVisitors, pay, sessionOf, webhookCall } from '../buyers.ts'
import type { Visitor } from '../buyers.ts'
import { sendExpecting } from '../load.ts'
import type { Answer } from '../load.ts'

const PASSWORD = 'Grey-Heron-42'

/** A member in a browser: signed in, with orders. */
export interface Customer {
  visitor: Visitor
  username: string
  password: string
  /** Identifiers of the orders, and the Stripe sessions that they were paid in. */
  orders: { identifier: string; sessionId: string }[]
}

const placed = z.object({ order_identifier: z.string() })

const cookiesOf = ({ headers }: Answer): string[] =>
  [headers['set-cookie'] ?? []].flat().map((each) => each.split(';')[0] ?? '')

/** Registers, signs in and buys `skuIds`, each in an order of its own, all through the API. */
export async function createCustomer(shop: BuiltShop, username: string, skuIds: readonly string[]): Promise<Customer> {
  const [guest] = await createVisitors(shop.api, 1)
  if (guest === undefined) throw new Error('nobody came')
  const post = (status: number, path: string, body: unknown, { headers }: Visitor) =>
    sendExpecting(status, { method: 'POST', url: `${shop.api}${path}`, headers, body: JSON.stringify(body) })
  const account = { username, email: `${username}@example.com`, password: PASSWORD, newsletter: false }
  await post(201, '/v1/auth/register', account, guest)
  const signedIn = cookiesOf(await post(200, '/v1/auth/login', { login: username, password: PASSWORD }, guest))
  const cookie = [guest.headers['cookie'], ...signedIn].join('; ')
  const visitor = { id: guest.id, headers: { ...guest.headers, cookie } }
  const orders: Customer['orders'] = []
  for (const skuId of skuIds) {
    await post(200, '/v1/cart/items', { sku_id: skuId, quantity: 1 }, visitor)
    const sessionId = sessionOf((await post(201, '/v1/checkout', { agreed_with_terms_of_sale: true }, visitor)).text)
    await pay(shop, sessionId)
    const { text } = await sendExpecting(200, webhookCall(shop.api, shop.webhookSecret, sessionId))
    orders.push({ identifier: placed.parse(JSON.parse(text)).order_identifier, sessionId })
  }
  return { visitor, username, password: PASSWORD, orders }
}
