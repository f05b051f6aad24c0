import { afterEach, describe, expect, test } from 'vitest'
import { addToCart, createBuyer } from '../support/buyer.ts'
import { type Client, createVisitor, expectProblem } from '../support/client.ts'
import { controlUrl, countRoundTrips, createSku, db } from '../support/shop.ts'
import { clearStripeFaults, failStripe } from '../support/stripe.ts'

const slow = { DATABASE_TIMEOUT_MS: '300', REQUEST_TIMEOUT_MS: '1000' }

const setLatency = (ms: number) => fetch(`${controlUrl}latency`, { method: 'PUT', body: JSON.stringify({ ms }) })

afterEach(async () => {
  await setLatency(0)
  await clearStripeFaults()
})

/** What a call answers while the database takes longer than it may, how long that takes, and how often it was asked. */
async function duringLatency(client: Client, call: (client: Client) => ReturnType<Client['get']>) {
  await setLatency(1_500)
  const start = Date.now()
  const { result: answer, roundTrips } = await countRoundTrips(() => call(client))
  const took = Date.now() - start
  await setLatency(0)
  return { answer, took, asked: roundTrips }
}

describe('while the database is slow', () => {
  test('a read is not repeated: it fails after one wait', async () => {
    const { answer, took, asked } = await duringLatency(await createVisitor(slow), (client) => client.get('/v1/cart'))
    expectProblem(answer, 503, 'database-unavailable')
    expect(answer.headers.get('Retry-After')).toBe('1')
    expect(took).toBeLessThan(900)
    expect(asked).toBe(1)
  })

  test('a change is repeated, and all of it ends with the time of the request', async () => {
    const { skuId } = await createSku()
    const { answer, took, asked } = await duringLatency(await createVisitor(slow), (client) =>
      client.post('/v1/cart/items', { sku_id: skuId, quantity: 1 }),
    )
    expectProblem(answer, 503, 'database-unavailable')
    expect(took).toBeLessThan(1_900)
    expect(asked).toBeGreaterThan(1)
    expect(asked).toBeLessThan(5)
  })

  test('and answers again, nothing is left over', async () => {
    const client = await createVisitor(slow)
    const { skuId } = await createSku()
    await duringLatency(client, () => client.get('/v1/cart'))
    await addToCart(client, skuId)
    expect((await client.get('/v1/cart')).json.items).toHaveLength(1)
  })
})

describe('while Stripe keeps silent', () => {
  test('a checkout ends with the time of the request, and the sweep is told to look', async () => {
    const { client } = await createBuyer({ overrides: { REQUEST_TIMEOUT_MS: '1500' } })
    await failStripe({ method: 'POST', path: '/v1/checkout/sessions', when: 'before', status: 'timeout', times: 9 })
    const start = Date.now()
    expectProblem(await client.post('/v1/checkout', { agreed_with_terms_of_sale: true }), 502, 'stripe-api-error')
    expect(Date.now() - start).toBeLessThan(5_000)
    const [row] = await db`
      SELECT c.status, c.abandoned_at IS NOT NULL AS abandoned FROM checkouts c JOIN carts k ON k.id = c.cart_id
      WHERE k.visitor_id = ${client.cookies.get('mercat_visitor')?.split('.')[0] ?? ''}`
    expect(row).toEqual({ status: 'open', abandoned: true })
  })
})
