import { describe, expect, test } from 'vitest'
import { createKv, statuses } from '../http/kv.ts'
import { asMember } from '../support/as-member.ts'
import { addToCart, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { type Answer, type Client, expectProblem } from '../support/client.ts'
import { createMember } from '../support/member.ts'
import { createSku, db, stockOf, type TestSku } from '../support/shop.ts'
import { expire, pay, settleDebit } from '../support/stripe.ts'

const limited = () => ({ RATE_LIMITS: 'on', RATE_LIMIT_KV: createKv() })

const checkOutFrom = (client: Client, address: string): Promise<Answer> =>
  client.post('/v1/checkout', { agreed_with_terms_of_sale: true }, { 'CF-Connecting-IP': address })

const guestOf = async (sku: TestSku, quantity = 1, overrides: Record<string, unknown> = limited()) =>
  (await createBuyer({ sku, quantity, overrides })).client

const guests = (count: number, sku: TestSku, overrides = limited()) =>
  Promise.all(Array.from({ length: count }, () => guestOf(sku, 1, overrides)))

const networkKeyOf = async (checkoutId: string): Promise<string | null> => {
  const [row] = await db`SELECT network_key FROM checkouts WHERE id = ${checkoutId}`
  return row!.network_key
}

describe('guests of one address', () => {
  test('together hold a third of the stock beyond one checkout, even when all come at once', async () => {
    const sku = await createSku({ onHand: 12 })
    const clients = await guests(10, sku)
    const answers = await Promise.all(clients.map((client) => checkOutFrom(client, '203.0.113.1')))
    expect(statuses(answers)).toEqual({ 201: 1 + 4, 409: 5 })
    for (const answer of answers.filter(({ status }) => status === 409))
      expectProblem(answer, 409, 'network-share-exceeded')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 12, reserved: 5 })
    expect((await checkOutFrom(await guestOf(sku), '203.0.113.2')).status).toBe(201)
  })

  test('may take all in one checkout, and then no more; three of them never hold all', async () => {
    const sku = await createSku({ onHand: 220 })
    const answers: number[] = []
    for (const quantity of [99, 74, 73, 1])
      answers.push((await checkOutFrom(await guestOf(sku, quantity), '203.0.113.3')).status)
    expect(answers).toEqual([201, 409, 201, 409])
    const last = await createSku({ onHand: 5 })
    expect((await checkOutFrom(await guestOf(last, 5), '203.0.113.3')).status).toBe(201)
  })

  test('are counted for each SKU by itself, and a cart with one that is held is refused whole', async () => {
    const [scarce, plenty] = [await createSku({ onHand: 2 }), await createSku({ onHand: 50 })]
    expect((await checkOutFrom(await guestOf(scarce), '203.0.113.4')).status).toBe(201)
    const both = await guestOf(plenty)
    await addToCart(both, scarce.skuId)
    expectProblem(await checkOutFrom(both, '203.0.113.4'), 409, 'network-share-exceeded')
    expect(await stockOf(plenty.skuId)).toEqual({ on_hand: 50, reserved: 0 })
    await both.delete(`/v1/cart/items/${scarce.skuId}`)
    expect((await checkOutFrom(both, '203.0.113.4')).status).toBe(201)
  })

  test('of one IPv6 /48 are of one address', async () => {
    const sku = await createSku({ onHand: 2 })
    expect((await checkOutFrom(await guestOf(sku), '2001:db8:aaaa:1::1')).status).toBe(201)
    expect((await checkOutFrom(await guestOf(sku), '2001:db8:aaaa:ffff::9')).status).toBe(409)
    expect((await checkOutFrom(await guestOf(sku), '2001:db8:aaab:1::1')).status).toBe(201)
  })

  test('can click twice and change their cart as before', async () => {
    const sku = await createSku({ onHand: 3 })
    const client = await guestOf(sku, 2)
    const first = await checkOutFrom(client, '203.0.113.5')
    expect((await checkOutFrom(client, '203.0.113.5')).status).toBe(200)
    await addToCart(client, sku.skuId)
    const second = await checkOutFrom(client, '203.0.113.5')
    expect(second.status).toBe(201)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 3, reserved: 3 })
    expect(await networkKeyOf(first.json.checkout_id)).toBeNull()
  })
})

describe('the share', () => {
  test('is free again, and the address forgotten, when a checkout expires, is paid, or its debit ends', async () => {
    const end: Record<string, (session: string, client: Client) => Promise<unknown>> = {
      expired: async (session, client) => {
        await expire(session)
        await client.get(`/v1/checkout/${session}`)
      },
      complete: async (session) => {
        await pay(session)
        await deliverCompleted({ id: session })
      },
      failed: async (session, client) => {
        await pay(session, { payment_method: 'bank_debit' })
        await client.get(`/v1/checkout/${session}`)
        await settleDebit(session, 'failed')
        await client.get(`/v1/checkout/${session}`)
      },
    }
    for (const [status, finish] of Object.entries(end)) {
      const sku = await createSku({ onHand: 3 })
      const client = await guestOf(sku, 2)
      const { checkout_id, session_id } = (await checkOutFrom(client, '203.0.113.6')).json
      expect(await networkKeyOf(checkout_id)).toMatch(/^[\w-]{43}$/)
      await finish(session_id, client)
      const [row] = await db`SELECT status, network_key FROM checkouts WHERE id = ${checkout_id}`
      expect(row).toEqual({ status, network_key: null })
      const other = await guestOf(sku)
      expect((await checkOutFrom(other, '203.0.113.6')).status).toBe(201)
    }
  })

  test('counts what waits for a bank debit', async () => {
    const sku = await createSku({ onHand: 2 })
    const client = await guestOf(sku)
    const { session_id, checkout_id } = (await checkOutFrom(client, '203.0.113.7')).json
    await pay(session_id, { payment_method: 'bank_debit' })
    expect((await client.get(`/v1/checkout/${session_id}`)).json.status).toBe('processing')
    expect(await networkKeyOf(checkout_id)).not.toBeNull()
    expect((await checkOutFrom(await guestOf(sku), '203.0.113.7')).status).toBe(409)
  })

  test('gives no address away: the database holds none', async () => {
    const { checkout_id } = (await checkOutFrom(await guestOf(await createSku()), '203.0.113.8')).json
    const [row] = await db`SELECT c::text AS text FROM checkouts c WHERE id = ${checkout_id}`
    expect(row!.text).not.toContain('203.0.113')
  })

  test('a closed checkout can keep no address, whoever writes it', async () => {
    const { checkout_id } = (await checkOutFrom(await guestOf(await createSku()), '203.0.113.9')).json
    const closing = db`UPDATE checkouts SET status = 'expired' WHERE id = ${checkout_id}`
    await expect(closing).rejects.toMatchObject({ constraint: 'checkout_network_only_while_held' })
  })
})

describe('nobody is counted', () => {
  const threeTimes = async (check: () => Promise<Answer>) => [
    (await check()).status,
    (await check()).status,
    (await check()).status,
  ]

  test('while rate limits are off', async () => {
    const sku = await createSku({ onHand: 3 })
    const off = () => guestOf(sku, 1, { RATE_LIMITS: 'off' })
    expect(await threeTimes(async () => checkOutFrom(await off(), '203.0.113.10'))).toEqual([201, 201, 201])
  })

  test('for what is not tracked', async () => {
    const sku = await createSku({ onHand: null })
    expect(await threeTimes(async () => checkOutFrom(await guestOf(sku), '203.0.113.11'))).toEqual([201, 201, 201])
  })

  test('who is a member with a proven address; others are, members or not', async () => {
    const sku = await createSku({ onHand: 3 })
    const memberCart = async (isVerified: boolean) => {
      const member = await createMember()
      if (isVerified) await db`UPDATE members SET email_verified_at = now() WHERE id = ${member.memberId}`
      const client = asMember(member, limited())
      await addToCart(client, sku.skuId)
      return client
    }
    expect((await checkOutFrom(await memberCart(false), '203.0.113.12')).status).toBe(201)
    expect((await checkOutFrom(await memberCart(true), '203.0.113.12')).status).toBe(201)
    expect((await checkOutFrom(await guestOf(sku), '203.0.113.12')).status).toBe(201)
    const few = await createSku({ onHand: 2 })
    expect((await checkOutFrom(await guestOf(few), '203.0.113.13')).status).toBe(201)
    const client = asMember(await createMember(), limited())
    await addToCart(client, few.skuId)
    expect((await checkOutFrom(client, '203.0.113.13')).status).toBe(409)
  })
})
