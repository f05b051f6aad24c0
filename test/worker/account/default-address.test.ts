import { describe, expect, test } from 'vitest'
import { signedIn } from '../support/as-member.ts'
import { createClient, expectProblem } from '../support/client.ts'
import { countRoundTrips, db } from '../support/shop.ts'
import { clearStripeFaults, failStripe, stripe } from '../support/stripe.ts'

const ADDRESS = '/v1/account/default-address'

const HOME = { name: 'Jane Doe', line1: '1 Main Street', city: 'Springfield', postal_code: '62701', country: 'US' }
const STORED = { ...HOME, phone: null, line2: null, state: null }

describe('the default address', () => {
  test('is set, read, replaced as a whole and forgotten', async () => {
    const { client } = await signedIn()
    expectProblem(await client.get(ADDRESS), 404, 'not-found')
    const put = await client.put(ADDRESS, { ...HOME, line2: 'Flat 2', phone: '+1 555 0100', state: 'IL' })
    expect(put.json).toEqual({ ...HOME, line2: 'Flat 2', phone: '+1 555 0100', state: 'IL' })
    expect((await client.put(ADDRESS, HOME)).json).toEqual(STORED)
    expect((await client.get(ADDRESS)).json).toEqual(STORED)
    expect((await client.put(ADDRESS, STORED)).status).toBe(200)
    expect((await client.get('/v1/account')).json.default_address).toEqual(STORED)
    expect([(await client.delete(ADDRESS)).status, (await client.delete(ADDRESS)).status]).toEqual([204, 204])
    expectProblem(await client.get(ADDRESS), 404, 'not-found')
  })

  test('takes one round trip to read and one to change', async () => {
    const { client } = await signedIn()
    expect((await countRoundTrips(() => client.put(ADDRESS, HOME))).roundTrips).toBe(1)
    expect((await countRoundTrips(() => client.get(ADDRESS))).roundTrips).toBe(1)
    expect((await countRoundTrips(() => client.delete(ADDRESS))).roundTrips).toBe(1)
  })

  test.each([
    ['an empty city', { city: '  ' }],
    ['a missing line', { line1: undefined }],
    ['a country in small letters', { country: 'us' }],
    ['a country that is none', { country: 'XX' }],
    ['a country that is not shipped to', { country: 'KP' }],
    ['a postal code that is too long', { postal_code: '1'.repeat(21) }],
    ['an unknown field', { planet: 'Earth' }],
    ['a line feed', { line2: 'a\nb' }],
  ])('with %s is refused', async (_, part) => {
    const { client } = await signedIn()
    const problem = expectProblem(await client.put(ADDRESS, { ...HOME, ...part }), 422, 'validation-failed')
    expect(problem.errors.length).toBeGreaterThan(0)
    expectProblem(await client.get(ADDRESS), 404, 'not-found')
  })

  test('is nobody else’s to see or to forget', async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    await one.client.put(ADDRESS, HOME)
    expectProblem(await other.client.get(ADDRESS), 404, 'not-found')
    await other.client.delete(ADDRESS)
    expect((await one.client.get(ADDRESS)).json).toEqual(STORED)
    const anonymous = createClient()
    expectProblem(await anonymous.get(ADDRESS), 401, 'not-authenticated')
  })
})

describe('the customer at Stripe', () => {
  async function customerOf(memberId: string): Promise<string> {
    const { id } = await stripe.customers.create({})
    await db`UPDATE members SET stripe_customer_id = ${id} WHERE id = ${memberId}`
    return id
  }
  const shippingOf = async (id: string) => {
    const customer = await stripe.customers.retrieve(id)
    return customer.deleted ? undefined : customer.shipping
  }

  test('has the address after the answer, and loses it again', async () => {
    const { member, client } = await signedIn()
    const id = await customerOf(member.memberId)
    await client.put(ADDRESS, { ...HOME, state: 'IL' })
    expect(await shippingOf(id)).toMatchObject({ name: 'Jane Doe', address: { line1: '1 Main Street', state: 'IL' } })
    await client.put(ADDRESS, { ...HOME, line1: '2 Main Street' })
    expect(await shippingOf(id)).toMatchObject({ address: { line1: '2 Main Street', state: null } })
    await client.delete(ADDRESS)
    expect(await shippingOf(id)).toBeNull()
  })

  test('costs the member nothing when Stripe fails', async () => {
    const { member, client } = await signedIn()
    const id = await customerOf(member.memberId)
    await failStripe({ method: 'POST', path: `/v1/customers/${id}`, when: 'before', status: 400, times: 1 })
    expect((await client.put(ADDRESS, HOME)).status).toBe(200)
    await clearStripeFaults()
    expect((await client.get(ADDRESS)).json).toEqual(STORED)
  })
})
