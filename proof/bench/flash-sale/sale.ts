import { createHash } from 'node:crypto'
import type pg from 'pg'
import { addProduct } from '../../world/goods.ts'
import type { BuiltShop } from '../../world/built-worker.ts'
import { checkoutCall, createVisitors, fillCarts, pay, sessionOf, webhookCall } from '../buyers.ts'
import type { Visitor } from '../buyers.ts'
import { inParallel, send, sendExpecting } from '../load.ts'
import { quantile } from '../statistics.ts'

export interface Sale {
  buyers: number
  atOnce: number
  stock: number
}

export interface SaleResult {
  started: number
  refused: number
  /** From the first request to the last checkout that was started. */
  secondsToSellOut: number
  startedPerSecond: number
  /** All requests, refused ones too, over the whole time. */
  requestsPerSecond: number
  /** Of the checkouts that were started, in milliseconds. */
  startedP50: number
  startedP99: number
  refusedP50: number
  sessions: string[]
}

/** One SKU with so much in stock. Answers its SKU. */
export async function addSku(db: pg.Client, name: string, stock: number): Promise<string> {
  const query = async (sql: string, values: unknown[]) => (await db.query<Record<string, unknown>>(sql, values)).rows
  const identifier = createHash('md5').update(name).digest('hex').slice(0, 10).toUpperCase()
  const goods = { identifier, slug: name, title: name, skuCode: name, onHand: stock, amount: 2_500 }
  return (await addProduct(query, goods)).skuId
}

/** Visitors who each have one unit of the SKU in a cart of their own. */
export async function queueUp(shop: BuiltShop, db: pg.Client, skuId: string, count: number): Promise<Visitor[]> {
  const visitors = await createVisitors(shop.api, count)
  await fillCarts(db, visitors, () => [skuId])
  await db.query('ANALYZE carts, cart_items')
  return visitors
}

/** Lets everybody check out, so many at once. Throws when anyone is answered but with a checkout or "sold out". */
export async function sell(shop: BuiltShop, buyers: Visitor[], { atOnce }: Sale): Promise<SaleResult> {
  const start = performance.now()
  const answers = await inParallel(atOnce, buyers, async (buyer) => {
    const before = performance.now()
    const { status, text } = await send(checkoutCall(shop.api, buyer))
    const after = performance.now()
    const isSoldOut = status === 409 && text.includes('"insufficient-stock"')
    if (status !== 201 && !isSoldOut) throw new Error(`a checkout was answered with ${status}: ${text.slice(0, 500)}`)
    return { sessionId: isSoldOut ? undefined : sessionOf(text), ms: after - before, at: after - start }
  })
  const seconds = (performance.now() - start) / 1_000
  const started = answers.filter(({ sessionId }) => sessionId !== undefined)
  const refused = answers.filter(({ sessionId }) => sessionId === undefined)
  const secondsToSellOut = Math.max(...started.map(({ at }) => at)) / 1_000
  return {
    started: started.length,
    refused: refused.length,
    secondsToSellOut,
    startedPerSecond: started.length / secondsToSellOut,
    requestsPerSecond: answers.length / seconds,
    startedP50: quantile(
      started.map(({ ms }) => ms),
      0.5,
    ),
    startedP99: quantile(
      started.map(({ ms }) => ms),
      0.99,
    ),
    refusedP50: quantile(
      refused.map(({ ms }) => ms),
      0.5,
    ),
    sessions: started.flatMap(({ sessionId }) => sessionId ?? []),
  }
}

/** Everybody who got a checkout pays, and Stripe tells of it. Answers how many orders were placed in a second. */
export async function payAll(shop: BuiltShop, sessions: string[], atOnce: number): Promise<number> {
  await inParallel(atOnce, sessions, (id) => pay(shop, id))
  const start = performance.now()
  await inParallel(atOnce, sessions, (id) => sendExpecting(200, webhookCall(shop.api, shop.webhookSecret, id)))
  return sessions.length / ((performance.now() - start) / 1_000)
}
