import { describe, expect, test } from 'vitest'
import { signedIn } from '../support/as-member.ts'
import { addToCart, buy } from '../support/buyer.ts'
import { type Client, createClient, createVisitor, expectProblem } from '../support/client.ts'
import { countRoundTrips, createSku, db } from '../support/shop.ts'

async function buyOne(client: Client, quantity = 1): Promise<string> {
  await addToCart(client, (await createSku()).skuId, quantity)
  return (await buy(client)).identifier
}

describe("a member's list of orders", () => {
  test('shows the newest first, page by page, each once, each page in one round trip', async () => {
    const { client } = await signedIn()
    const bought: string[] = []
    for (let quantity = 1; quantity <= 5; quantity++) bought.unshift(await buyOne(client, quantity))
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`
      const { result, roundTrips } = await countRoundTrips(() => client.get(`/v1/orders?limit=2${query}`))
      expect({ status: result.status, roundTrips }).toEqual({ status: 200, roundTrips: 1 })
      seen.push(...result.json.items.map(({ identifier }: { identifier: string }) => identifier))
      cursor = result.json.next_cursor
    } while (cursor !== null)
    expect(seen).toEqual(bought)
  })

  test('tells what was bought, for how much, and how it stands', async () => {
    const { client } = await signedIn()
    const identifier = await buyOne(client, 3)
    const { items, next_cursor } = (await client.get('/v1/orders')).json
    const order = (await client.get(`/v1/orders/${identifier}`)).json
    expect(next_cursor).toBeNull()
    expect(items).toEqual([
      {
        identifier,
        status: order.status,
        status_label: order.status_label,
        payment_state: 'paid',
        placed_at: order.placed_at,
        total: order.totals.total,
        item_count: 3,
        items: [expect.objectContaining({ sku_id: order.items[0].sku_id, quantity: 3 })],
      },
    ])
    await db`INSERT INTO order_statuses (order_id, status) SELECT id, 'shipped' FROM orders WHERE identifier = ${identifier}`
    expect((await client.get('/v1/orders')).json.items[0].status).toBe('shipped')
  })

  test('is empty at first, and holds nothing of other members', async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    await buyOne(one.client)
    expect((await other.client.get('/v1/orders')).json).toEqual({ items: [], next_cursor: null })
    const { next_cursor } = (await one.client.get('/v1/orders?limit=1')).json
    expect(next_cursor).toBeNull()
  })

  test('is refused to visitors, and in a wrong form', async () => {
    expectProblem(await createClient().get('/v1/orders'), 401, 'not-authenticated')
    expectProblem(await (await createVisitor()).get('/v1/orders'), 401, 'not-authenticated')
    const { client } = await signedIn()
    for (const query of ['limit=0', 'limit=51', 'limit=x'])
      expectProblem(await client.get(`/v1/orders?${query}`), 422, 'validation-failed')
    for (const cursor of ['x', btoa('"not-an-id"'), btoa('{}'), '%25'])
      expectProblem(await client.get(`/v1/orders?cursor=${cursor}`), 400, 'invalid-cursor')
  })
})
