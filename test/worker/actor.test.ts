import { createExecutionContext, env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import {
  type Actor,
  NOBODY,
  requireJob,
  requireMember,
  requireShopper,
  requireStripe,
  shopperIds,
} from '../../src/actor.ts'
import { createContext } from '../../src/context.ts'
import { addCartItem } from '../../src/features/cart/add-cart-item.ts'
import { findCart } from '../../src/features/cart/find-cart.ts'
import { startCheckout } from '../../src/features/checkout/start-checkout.ts'
import { getOrder } from '../../src/features/orders/get-order.ts'
import { listOrders } from '../../src/features/orders/list-orders.ts'
import { sweepDeletions } from '../../src/features/privacy/sweep-deletions.ts'
import { handleEvent } from '../../src/features/stripe-webhook/handle-event.ts'
import { createMember } from './support/member.ts'
import { countRoundTrips, createSku } from './support/shop.ts'

const MEMBER = { kind: 'member', memberId: 'm', sessionId: 's', visitorId: 'v' } as const
const ACTORS: Actor[] = [
  NOBODY,
  { kind: 'visitor', visitorId: 'v' },
  MEMBER,
  { kind: 'operator', operatorId: 'o', sessionId: 's', permissions: new Set(['orders:refund']) },
  { kind: 'apiToken', tokenId: 't', permissions: new Set(['orders:refund']) },
  { kind: 'job', name: 'missed-events' },
  { kind: 'stripe' },
]

const contextOf = (actor: Actor) =>
  createContext(env, createExecutionContext(), { requestId: 'actor-test', handler: 'fetch', actor })

const passes = (check: (actor: Actor) => unknown, actor: Actor): boolean => {
  try {
    check(actor)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'not-authenticated' })
    return false
  }
}

describe('who may', () => {
  test.each([
    ['requireMember', requireMember, ['member']],
    ['requireShopper', requireShopper, ['visitor', 'visitor', 'member']],
    ['requireJob', requireJob, ['job']],
    ['requireStripe', requireStripe, ['job', 'stripe']],
  ])('%s lets in nobody else', (_, check, kinds) => {
    expect(ACTORS.filter((actor) => passes(check, actor)).map(({ kind }) => kind)).toEqual(kinds)
  })

  test('nobody but a shopper has the ids that carts and orders are found by', () => {
    expect(ACTORS.map(shopperIds)).toEqual([
      { memberId: null, visitorId: null },
      { memberId: null, visitorId: 'v' },
      { memberId: 'm', visitorId: 'v' },
      ...Array.from({ length: 4 }, () => ({ memberId: null, visitorId: null })),
    ])
  })
})

test('of the jobs only the sweep of missed events speaks for Stripe', () => {
  expect(() => requireStripe({ kind: 'job', name: 'missed-events' })).not.toThrow()
  expect(() => requireStripe({ kind: 'job', name: 'email' })).toThrow('Only Stripe')
})

describe('a verb says so in its first line', () => {
  const others = ACTORS.filter(({ kind }) => !['visitor', 'member'].includes(kind))

  test.each(others)('$kind neither shops nor reads what shoppers own, and asks the database nothing', async (actor) => {
    const { skuId } = await createSku()
    const ctx = contextOf(actor)
    const input = { email: null, expectedTotal: null, locale: 'en', idempotencyKey: null, networkKey: null }
    const { result, roundTrips } = await countRoundTrips(async () => {
      expect(await findCart(ctx)).toBeUndefined()
      const verbs = [
        () => addCartItem(ctx, { skuId, quantity: 1 }, undefined),
        () => startCheckout(ctx, input),
        () => getOrder(ctx, { identifier: 'ORD-2222222222' }),
        () => listOrders(ctx, { limit: 1 }),
      ]
      return Promise.allSettled(verbs.map(async (verb) => verb()))
    })
    expect(result.map((each) => (each.status === 'rejected' ? each.reason.code : each.status))).toEqual([
      'cart-not-found',
      'cart-empty',
      'not-authenticated',
      'not-authenticated',
    ])
    expect(roundTrips).toBe(0)
  })

  test('a member runs no sweep and tells no event', async () => {
    const { memberId, sessionId } = await createMember()
    const ctx = contextOf({ kind: 'member', memberId, sessionId, visitorId: null })
    const record = { id: 'evt_1', type: 'refund.created', objectId: null, createdAt: new Date(), payloadHash: '' }
    const event = { record, kind: 'refund-changed' as const, isOurs: true }
    const { result, roundTrips } = await countRoundTrips(() =>
      Promise.allSettled([sweepDeletions(ctx), handleEvent(ctx, event)]),
    )
    for (const each of result) expect(each).toMatchObject({ status: 'rejected', reason: { code: 'not-authenticated' } })
    expect(roundTrips).toBe(0)
  })
})
