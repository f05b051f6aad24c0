import { randomUUID } from 'node:crypto'
import { send, sendExpecting } from '../load.ts'
import type { Call } from '../load.ts'
import type { Subject } from '../measure.ts'
import { cartOperations, catalogueOperations, purchaseOperations } from '../operations.ts'
import type { Scene } from '../operations.ts'
import { createCustomer } from './customers.ts'
import type { Customer } from './customers.ts'

const ORDERS_EACH = 3
const PLANNED_EACH = 3

const repeat = (count: number, call: Call): Call[] => Array.from({ length: count }, () => call)

/** A member with three orders. */
const newCustomer = ({ shop, catalogue }: Scene): Promise<Customer> =>
  createCustomer(shop, `growth.${randomUUID().slice(0, 8)}`, catalogue.skuIds.slice(0, ORDERS_EACH))

const get = ({ shop }: Scene, path: string, headers: Record<string, string> = {}): Call => ({
  method: 'GET',
  url: `${shop.api}${path}`,
  headers,
})

const post = ({ shop }: Scene, path: string, headers: Record<string, string>, body: unknown = {}): Call => ({
  method: 'POST',
  url: `${shop.api}${path}`,
  headers,
  body: JSON.stringify(body),
})

const always = (name: string, call: Call): Subject => ({ name, ready: (count) => repeat(count, call) })

/** What visitors and members wait for: every operation whose time must not grow with the shop. */
export async function hotOperations(scene: Scene): Promise<Subject[]> {
  const { visitor, username, password, orders } = await newCustomer(scene)
  const [order] = orders
  return [
    ...catalogueOperations(scene).filter(({ name }) => name.endsWith('miss')),
    ...cartOperations(scene),
    ...purchaseOperations(scene),
    always('sign in', post(scene, '/v1/auth/login', visitor.headers, { login: username, password })),
    always('list own orders', get(scene, '/v1/orders', visitor.headers)),
    always('read an order', get(scene, `/v1/orders/${order?.identifier ?? ''}`, visitor.headers)),
    always('poll a result', get(scene, `/v1/checkout/${order?.sessionId ?? ''}`, visitor.headers)),
  ]
}

/** Does everything hot a few times, and what else happens all the time: refreshed sessions, sent emails, cron. */
export async function runHot(scene: Scene, hot: Subject[]): Promise<void> {
  for (const subject of hot) {
    for (const call of await subject.ready(PLANNED_EACH))
      await sendExpecting(subject.name === 'start checkout' ? 201 : 200, call)
  }
  const { visitor } = await newCustomer(scene)
  for (const path of ['/v1/account', '/v1/account/sessions', '/v1/auth/session', '/v1/shipping-methods']) {
    await sendExpecting(200, get(scene, path, visitor.headers))
  }
  await sendExpecting(200, post(scene, '/v1/auth/refresh', visitor.headers))
  await sendExpecting(200, get(scene, '/v1/products?sort=title'))
  await scene.shop.tick()
}

/**
 * Lists whose cost grows with the catalogue: by price every price is looked at, since a scheduled one may have begun to
 * hold; words and conditions on prices look at products, newest first, until a page is full.
 */
export const MAY_READ_MUCH = ['list by price', 'list in stock below a price', 'list by words']

let lists = 0

/** A list that is not in the edge cache, so that the database is asked. */
const unseenList = (scene: Scene, query: string) =>
  sendExpecting(200, get(scene, `/v1/products?${query}&limit=${20 + lists++}`))

/** Rare operations, by name. */
export const SELDOM: Record<string, (scene: Scene) => Promise<unknown>> = {
  'list by words': (scene) => unseenList(scene, 'q=copper+lamp'),
  'list by colour': (scene) => unseenList(scene, 'color=Vermilion'),
  'list by size': (scene) => unseenList(scene, 'size=XXXL'),
  'list by price': (scene) => unseenList(scene, 'sort=price'),
  'list in stock below a price': (scene) => unseenList(scene, 'in_stock=true&max_price=600'),
  'ask for a new password': async (scene) => {
    const { visitor, username } = await newCustomer(scene)
    await sendExpecting(202, post(scene, '/v1/auth/password/forgot', visitor.headers, { login: username }))
  },
  'export an account': async (scene) => {
    const { visitor } = await newCustomer(scene)
    await sendExpecting(200, get(scene, '/v1/account/export', visitor.headers))
  },
  'delete an account': async (scene) => {
    const { visitor, password } = await newCustomer(scene)
    const { status } = await send(post(scene, '/v1/account/delete', visitor.headers, { password }))
    if (status !== 202 && status !== 204) throw new Error(`a deletion was answered with ${status}`)
    await scene.shop.tick()
  },
}
