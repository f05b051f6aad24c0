import type pg from 'pg'
import { checkoutCall, createVisitors, pay, sessionOf } from '../buyers.ts'
import type { BuiltShop } from '../../world/built-worker.ts'
import type { Catalogue } from '../catalogue.ts'
import { send, sendExpecting } from '../load.ts'

export interface Crowd {
  /** How many requests were answered, and how many orders stand now. */
  tally(): Promise<{ requests: number; orders: number }>
  /** Fulfilled when everybody has finished what they were at; rejects with the first answer that should not have been. */
  stop(): Promise<void>
}

const COUNTED_ORDERS = 'SELECT count(*)::integer AS orders FROM orders'

const any = (list: string[]): string => list[Math.floor(Math.random() * list.length)] ?? ''

/**
 * So many people at once, again and again new ones: each looks at lists and pages, fills a cart, reads it, and every
 * second buys; Stripe then calls the webhook by itself and an email goes out. Once a minute cron fires.
 */
export function invite(shop: BuiltShop, db: pg.Client, { slugs, skuIds }: Catalogue, people: number): Crowd {
  let [requests, customers] = [0, 0]
  const closing = new AbortController()
  const count = async <T>(answer: Promise<T>): Promise<T> => {
    const result = await answer
    requests++
    return result
  }
  const get = (path: string, headers: Record<string, string> = {}) =>
    count(sendExpecting(200, { method: 'GET', url: `${shop.api}${path}`, headers }))
  const visit = async () => {
    const [visitor] = await count(createVisitors(shop.api, 1))
    if (visitor === undefined) throw new Error('nobody came')
    const { headers } = visitor
    await get('/v1/products')
    await get(`/v1/products?color=${any(['Sea', 'Sand', 'None'])}&limit=${1 + Math.floor(Math.random() * 50)}`)
    for (let line = 0; line < 3; line++) {
      await get(`/v1/products/${any(slugs)}`)
      const body = JSON.stringify({ sku_id: any(skuIds), quantity: 1 })
      await count(sendExpecting(200, { method: 'POST', url: `${shop.api}/v1/cart/items`, headers, body }))
    }
    await get('/v1/cart', headers)
    // A page that does not exist, and one that needs a session.
    await count(send({ method: 'GET', url: `${shop.api}/v1/products/nowhere` }))
    await count(send({ method: 'GET', url: `${shop.api}/v1/account` }))
    if (customers++ % 2 === 0) return
    const sessionId = sessionOf((await count(sendExpecting(201, checkoutCall(shop.api, visitor)))).text)
    await pay(shop, sessionId)
    await get(`/v1/checkout/${sessionId}`, headers)
  }
  const person = async () => {
    while (!closing.signal.aborted) await visit()
  }
  const all = Promise.all(Array.from({ length: people }, person))
  const cron = setInterval(() => void shop.tick(), 60_000)
  return {
    async tally() {
      const { rows } = await db.query<{ orders: number }>(COUNTED_ORDERS)
      return { requests, orders: rows[0]?.orders ?? 0 }
    },
    async stop() {
      closing.abort()
      clearInterval(cron)
      await all
    },
  }
}
