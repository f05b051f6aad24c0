import type pg from 'pg'
import type { BuiltShop } from '../world/built-worker.ts'
import { buy, checkoutCall, createVisitors, fillCarts, webhookCall } from './buyers.ts'
import type { Visitor } from './buyers.ts'
import type { Catalogue } from './catalogue.ts'
import { send, sendExpecting } from './load.ts'
import type { Answer, Call } from './load.ts'
import type { Subject } from './measure.ts'

export interface Scene {
  shop: BuiltShop
  db: pg.Client
  catalogue: Catalogue
  /** Visitors whose carts have three lines. */
  shoppers: Visitor[]
  /** New visitors, each with an unchanged cart of three lines. */
  freshShoppers: (count: number) => Promise<Visitor[]>
}

const LINES = 3
const SHOPPERS = 64

const pick = <T>(list: readonly T[], at: number): T => {
  const item = list[at % list.length]
  if (item === undefined) throw new Error('there is nothing to pick from')
  return item
}

/** Opens the shop: products, and visitors who have put three things each into their carts. */
export async function setScene(shop: BuiltShop, db: pg.Client, catalogue: Catalogue): Promise<Scene> {
  let used = 0
  const nextSkus = () => Array.from({ length: LINES }, () => pick(catalogue.skuIds, used++))
  const freshShoppers = async (count: number) => {
    const visitors = await createVisitors(shop.api, count)
    await fillCarts(db, visitors, nextSkus)
    return visitors
  }
  return { shop, db, catalogue, shoppers: await freshShoppers(SHOPPERS), freshShoppers }
}

const repeat = (count: number, make: (at: number) => Call): Call[] => Array.from({ length: count }, (_, at) => make(at))

const servedFrom =
  (origin: 'cache' | 'database') =>
  ({ headers }: Answer): void => {
    const found = headers['x-cache'] === 'miss' ? 'database' : 'cache'
    if (found !== origin) throw new Error(`an answer that was to come from the ${origin} came from the ${found}`)
  }

/** A list that is not in the cache: all products, after a cursor that stands before the first of them. */
function unseenList(at: number): string {
  const id = `ffffffff-ffff-7fff-8fff-${at.toString(16).padStart(12, '0')}`
  return `/v1/products?cursor=${Buffer.from(JSON.stringify(['newest', null, id])).toString('base64url')}`
}

/** What is read without a cookie, from the edge cache and past it. */
export function catalogueOperations(scene: Scene): Subject[] {
  const { shop, catalogue } = scene
  const get = (path: string): Call => ({ method: 'GET', url: `${shop.api}${path}` })
  let [lists, pages] = [0, 0]
  const hit = (name: string, path: string): Subject => ({
    name,
    ready: async (count) => {
      // Until the answer has been stored.
      await send(get(path))
      while ((await send(get(path))).headers['x-cache'] === 'miss') continue
      return repeat(count, () => get(path))
    },
    check: servedFrom('cache'),
  })
  return [
    hit('product list, hit', '/v1/products'),
    {
      name: 'product list, miss',
      meanwhile: stayAwake(scene),
      ready: (count) => repeat(count, () => get(unseenList(lists++))),
      check: servedFrom('database'),
    },
    hit('product page, hit', `/v1/products/${pick(catalogue.slugs, 0)}`),
    {
      name: 'product page, miss',
      meanwhile: stayAwake(scene),
      ready: (count) => repeat(count, () => get(`/v1/products/${pick(catalogue.slugs.slice(1), pages++)}`)),
      check: servedFrom('database'),
    },
  ]
}

export function cartOperations(scene: Scene): Subject[] {
  const { shop, db, shoppers, catalogue } = scene
  let next = 0
  const readCart: Subject = {
    name: 'read a three-line cart',
    ready: (count) => repeat(count, () => readCartOf(scene, next++)),
  }
  const addItem: Subject = {
    name: 'add an item',
    ready: async (count) => {
      const { rows } = await db.query<{ visitor_id: string; sku_id: string }>(
        `UPDATE cart_items i SET quantity = 1 FROM carts c WHERE c.id = i.cart_id AND c.visitor_id = ANY($1)
         RETURNING c.visitor_id, i.sku_id`,
        [shoppers.map(({ id }) => id)],
      )
      const skus = new Map(rows.map(({ visitor_id, sku_id }) => [visitor_id, sku_id]))
      return repeat(count, () => {
        const { id, headers } = pick(shoppers, next++)
        const body = JSON.stringify({ sku_id: skus.get(id) ?? pick(catalogue.skuIds, 0), quantity: 1 })
        return { method: 'POST', url: `${shop.api}/v1/cart/items`, headers, body }
      })
    },
  }
  return [readCart, addItem]
}

const readCartOf = (scene: Scene, at: number): Call => ({
  method: 'GET',
  url: `${scene.shop.api}/v1/cart`,
  headers: pick(scene.shoppers, at).headers,
})

/** Keeps the machine awake between two requests that have work after their answers. */
export const stayAwake = (scene: Scene): Call => readCartOf(scene, 0)

export function purchaseOperations(scene: Scene): Subject[] {
  const { shop, freshShoppers } = scene
  const startCheckout: Subject = {
    name: 'start checkout',
    meanwhile: stayAwake(scene),
    ready: async (count) => (await freshShoppers(count)).map((shopper) => checkoutCall(shop.api, shopper)),
  }
  const placeOrder: Subject = {
    name: 'webhook to committed order',
    meanwhile: stayAwake(scene),
    ready: async (count) =>
      (await buy(shop, await freshShoppers(count))).map((id) => webhookCall(shop.api, shop.webhookSecret, id)),
    check: ({ text }) => {
      if (!text.includes('"order_identifier"')) throw new Error(`a webhook placed no order: ${text}`)
    },
  }
  return [startCheckout, placeOrder]
}

const MEMBER = { username: 'bench.member', password: 'Grey-Heron-42' }

/** Signs a member in from browsers that are not signed in. */
export async function signInOperation({ shop, freshShoppers }: Scene): Promise<Subject> {
  const [first] = await freshShoppers(1)
  if (first === undefined) throw new Error('nobody came')
  const account = { ...MEMBER, email: 'bench.member@example.com', newsletter: false }
  const url = (path: string) => `${shop.api}/v1/auth/${path}`
  await sendExpecting(201, {
    method: 'POST',
    url: url('register'),
    headers: first.headers,
    body: JSON.stringify(account),
  })
  const body = JSON.stringify({ login: MEMBER.username, password: MEMBER.password })
  const devices = await createVisitors(shop.api, SHOPPERS)
  return {
    name: 'sign in',
    ready: (count) =>
      repeat(count, (at) => ({ method: 'POST', url: url('login'), headers: pick(devices, at).headers, body })),
  }
}
