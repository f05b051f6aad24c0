import { createExecutionContext, env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { Actor } from '../../../src/actor.ts'
import { createContext } from '../../../src/context.ts'
import { addCartItem } from '../../../src/features/cart/add-cart-item.ts'
import { emptyCart } from '../../../src/features/cart/empty-cart.ts'
import { findCart } from '../../../src/features/cart/find-cart.ts'
import { setItemQuantity } from '../../../src/features/cart/set-item-quantity.ts'
import { createMember } from '../support/member.ts'
import { createSku } from '../support/shop.ts'

const contextOf = (actor: Actor) =>
  createContext(env, createExecutionContext(), { requestId: 'member-cart-test', handler: 'fetch', actor })

async function memberActor(visitorId: string | null): Promise<Actor> {
  const { memberId, sessionId } = await createMember()
  return { kind: 'member', memberId, sessionId, visitorId }
}

describe("a member's cart", () => {
  it("is one for all of the member's devices, apart from what their visitors put together", async () => {
    const { memberId, sessionId } = await createMember()
    const { skuId } = await createSku()
    const visitorId = crypto.randomUUID()
    const devices = [visitorId, crypto.randomUUID(), null].map((id) =>
      contextOf({ kind: 'member', memberId, sessionId, visitorId: id }),
    )
    for (const ctx of devices) await addCartItem(ctx, { skuId, quantity: 2 }, undefined)
    const cart = await findCart(devices[0]!)
    expect(cart).toMatchObject({ version: 3, lines: [{ skuId, quantity: 6 }] })
    expect(await findCart(contextOf({ kind: 'visitor', visitorId }))).toBeUndefined()
    expect(await findCart(contextOf(await memberActor(visitorId)))).toBeUndefined()
  })

  it('changes and empties as that of a visitor does', async () => {
    const ctx = contextOf(await memberActor(null))
    const { skuId } = await createSku()
    await addCartItem(ctx, { skuId, quantity: 1 }, undefined)
    expect(await setItemQuantity(ctx, { skuId, quantity: 4 })).toMatchObject({ version: 2, lines: [{ quantity: 4 }] })
    expect(await emptyCart(ctx)).toMatchObject({ version: 3, lines: [] })
  })
})
