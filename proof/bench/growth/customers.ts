import { z } from 'zod'
import type { BuiltShop } from '../../world/built-worker.ts'
import { openBrowser, pay, visitorAt, webhookCall } from '../buyers.ts'
import type { Visitor } from '../buyers.ts'
import { sendExpecting } from '../load.ts'

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

/** Registers, which signs in, and buys `skuIds`, each in an order of its own, all through the API. */
export async function createCustomer(shop: BuiltShop, username: string, skuIds: readonly string[]): Promise<Customer> {
  const browser = await openBrowser(shop.api)
  const account = { username, email: `${username}@example.com`, password: PASSWORD, newsletter: false }
  await browser.ask('POST', '/v1/auth/register', account)
  const orders: Customer['orders'] = []
  for (const skuId of skuIds) {
    await browser.addToCart(skuId)
    const { session_id: sessionId } = await browser.checkOut()
    await pay(shop, sessionId)
    const { text } = await sendExpecting(200, webhookCall(shop.api, shop.webhookSecret, sessionId))
    orders.push({ identifier: placed.parse(JSON.parse(text)).order_identifier, sessionId })
  }
  return { visitor: visitorAt(browser), username, password: PASSWORD, orders }
}
