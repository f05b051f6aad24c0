import { buy, webhookCall } from './buyers.ts'
import { inParallel, send, sendExpecting } from './load.ts'
import type { Call } from './load.ts'
import type { Subject } from './measure.ts'
import { stayAwake } from './operations.ts'
import type { Floors } from './floors/start.ts'
import type { Scene } from './operations.ts'

/** A shop with the floors beside it. */
export type FloorScene = Scene & { floors: Floors }

/** Order statements held back at once: each is tried several times before the recorder's Worker gives up. */
const RECORDED_AT_ONCE = 16

const repeat = (count: number, make: (at: number) => Call): Call[] => Array.from({ length: count }, (_, at) => make(at))

/** A bare Hono route that answers the same JSON as `path`. */
export async function bareRoute(scene: FloorScene, name: string, path: string): Promise<Subject> {
  const { url } = scene.floors
  const { text } = await sendExpecting(200, { method: 'GET', url: `${scene.shop.api}${path}` })
  const address = `${url}/json/${encodeURIComponent(name)}`
  await sendExpecting(204, { method: 'PUT', url: address, body: text })
  return { name, ready: (count) => repeat(count, () => ({ method: 'GET', url: address })) }
}

/**
 * A bare Hono route that reads one product by its primary key, all columns, with the same driver through the same
 * proxy. The request carries a shopper's cookies, as those of the cart do.
 */
export async function oneStatement(scene: FloorScene): Promise<Subject> {
  const { rows } = await scene.db.query<{ id: string }>(`SELECT id FROM products WHERE slug = 'stoneware-mug'`)
  const url = `${scene.floors.url}/row/${rows[0]?.id ?? ''}`
  return {
    name: 'one statement',
    ready: (count) => repeat(count, (at) => ({ method: 'GET', url, headers: headersOf(scene, at) })),
  }
}

/** The same, measured as operations are that have work after their answer. */
export const oneStatementInBetween = async (scene: FloorScene): Promise<Subject> => ({
  ...(await oneStatement(scene)),
  name: 'one statement, in between',
  meanwhile: stayAwake(scene),
})

/** The same for a statement that writes: one cart counted up by its primary key, committed, and answered. */
export async function oneWrittenRow(scene: FloorScene): Promise<Subject> {
  const { rows } = await scene.db.query<{ id: string }>('SELECT id FROM carts WHERE visitor_id = ANY($1)', [
    scene.shoppers.map(({ id }) => id),
  ])
  const { url } = scene.floors
  let next = 0
  return {
    name: 'one written row',
    ready: (count) =>
      repeat(count, (at) => ({
        method: 'POST',
        url: `${url}/cart/${rows[next++ % rows.length]?.id ?? ''}`,
        headers: headersOf(scene, at),
      })),
  }
}

const headersOf = ({ shoppers }: Scene, at: number): Record<string, string> =>
  shoppers[at % shoppers.length]?.headers ?? {}

/** A bare Hono route that runs an order's own statements, recorded, as one batch: each time those of another order. */
export function rawBatch(scene: FloorScene): Subject {
  const { url, recorded } = scene.floors
  const { shop, freshShoppers } = scene
  return {
    name: 'raw batch of an order',
    // It has no work after its answer, but is measured like the operation that has.
    meanwhile: stayAwake(scene),
    ready: async (count) => {
      const sessions = await buy(shop, await freshShoppers(count))
      return inParallel(RECORDED_AT_ONCE, sessions, async (sessionId): Promise<Call> => {
        await send(webhookCall(recorded.api, shop.webhookSecret, sessionId))
        const body = JSON.stringify({ queries: recorded.recorder.takeOrder(sessionId) })
        return { method: 'POST', url: `${url}/batch`, headers: { 'content-type': 'application/json' }, body }
      })
    },
  }
}

/** A bare Hono route that reads one paid session from Stripe's emulator, over bare fetch. */
export async function stripeCall(scene: FloorScene): Promise<Subject> {
  const [sessionId = ''] = await buy(scene.shop, await scene.freshShoppers(1))
  const url = `${scene.floors.url}/session/${sessionId}`
  return { name: 'Stripe call', ready: (count) => repeat(count, () => ({ method: 'GET', url })) }
}

/** A bare Hono route that finds nothing in the edge cache, each time at another address. */
export function cacheLookUp(scene: FloorScene): Subject {
  let next = 0
  return {
    name: 'cache look-up',
    ready: (count) => repeat(count, () => ({ method: 'GET', url: `${scene.floors.url}/not-cached/${next++}` })),
  }
}

/** A bare Hono route that hashes one password at Mercat's cost. */
export function passwordHash(scene: FloorScene): Subject {
  const url = `${scene.floors.url}/hash`
  return { name: 'password hash', ready: (count) => repeat(count, () => ({ method: 'GET', url })) }
}
