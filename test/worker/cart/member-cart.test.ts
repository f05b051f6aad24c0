import { createExecutionContext, env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { type Actor, createContext, NOBODY } from '../../../src/context.ts'
import { addCartItem } from '../../../src/features/cart/add-cart-item.ts'
import { emptyCart } from '../../../src/features/cart/empty-cart.ts'
import { findCart } from '../../../src/features/cart/find-cart.ts'
import { setItemQuantity } from '../../../src/features/cart/set-item-quantity.ts'
import { createSku, db, unique } from '../support/shop.ts'

const contextOf = (actor: Partial<Actor>) =>
  createContext(env, createExecutionContext(), {
    requestId: 'member-cart-test',
    door: 'fetch',
    actor: { ...NOBODY, ...actor },
  })

async function createMember(): Promise<string> {
  const name = unique('member')
  const [row] = await db`
    INSERT INTO members (username, email, mb_cd) VALUES (${name}, ${`${name}@example.com`}, ${name}) RETURNING id`
  return row!.id
}

describe("a member's cart", () => {
  it("is one for all of the member's devices, apart from what their visitors put together", async () => {
    const memberId = await createMember()
    const { skuId } = await createSku()
    const devices = [crypto.randomUUID(), crypto.randomUUID(), null].map((visitorId) =>
      contextOf({ memberId, visitorId, sessionId: null }),
    )
    for (const ctx of devices) await addCartItem(ctx, { skuId, quantity: 2 }, undefined)
    const cart = await findCart(devices[0]!)
    expect(cart).toMatchObject({ version: 3, lines: [{ skuId, quantity: 6 }] })
    const visitorId = devices[0]!.actor.visitorId
    expect(await findCart(contextOf({ memberId: null, visitorId, sessionId: null }))).toBeUndefined()
    expect(await findCart(contextOf({ memberId: await createMember(), visitorId, sessionId: null }))).toBeUndefined()
  })

  it('changes and empties as that of a visitor does', async () => {
    const ctx = contextOf({ memberId: await createMember(), visitorId: null, sessionId: null })
    const { skuId } = await createSku()
    await addCartItem(ctx, { skuId, quantity: 1 }, undefined)
    expect(await setItemQuantity(ctx, { skuId, quantity: 4 })).toMatchObject({ version: 2, lines: [{ quantity: 4 }] })
    expect(await emptyCart(ctx)).toMatchObject({ version: 3, lines: [] })
  })
})
