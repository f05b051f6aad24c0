import { afterEach, describe, expect, test } from 'vitest'
import { addToCart, checkOut, deliverCompleted } from '../support/buyer.ts'
import { expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, createSku, db, failDatabase, stockOf } from '../support/shop.ts'
import { clearStripeFaults, failStripe, pay, stripe, stripeRequests } from '../support/stripe.ts'
import {
  createPerson,
  deleteAccount,
  deletionOf,
  emailsAreSent,
  expectGone,
  makeDue,
  type Person,
  tick,
} from './support.ts'

const EVER = 1_000

/** What the last batch writes, in its order. */
const ERASING = [
  'UPDATE order_shipping_addresses',
  'UPDATE order_billing_addresses',
  'UPDATE order_payments',
  'UPDATE order_email_failures',
  'UPDATE emails_sent',
  'UPDATE checkout_discounts SET',
  'UPDATE checkouts SET email',
  'UPDATE orders SET email',
  'DELETE FROM "prospects"',
  'DELETE FROM "members"',
  'UPDATE account_deletions SET done_at',
]

/** A member with an order in the books and a payment page that is open. */
async function createCustomer(): Promise<Person & { skuId: string }> {
  const person = await createPerson()
  const { skuId } = await createSku()
  await addToCart(person.client, skuId)
  const { session_id } = await checkOut(person.client)
  await pay(session_id, { email: person.email })
  expect((await deliverCompleted({ id: session_id })).status).toBe(200)
  await emailsAreSent(person.memberId)
  await addToCart(person.client, skuId)
  await checkOut(person.client)
  return { ...person, skuId }
}

async function expectFinishedBySweep(person: Person & { skuId: string }): Promise<void> {
  await clearDatabaseFaults()
  await clearStripeFaults()
  await makeDue(person.memberId)
  await tick()
  await expectGone(person)
  expect(await stockOf(person.skuId)).toEqual({ on_hand: 99, reserved: 0 })
}

/** Closed to everybody, although not all is done. */
async function expectClosed({ client, bearer, memberId, email, username }: Person): Promise<void> {
  expectProblem(await client.call('GET', '/v1/account/export', { headers: bearer }), 401, 'session-ended')
  expect(await db`SELECT 1 FROM members WHERE email = ${email} OR username = ${username}`).toEqual([])
  expect(await deletionOf(memberId)).toMatchObject({ done_at: null, attempts: 1 })
}

afterEach(async () => {
  await clearDatabaseFaults()
  await clearStripeFaults()
})

describe('the database fails', () => {
  test.each(['UPDATE members SET failed_sign_ins', 'INSERT INTO account_deletions', 'DELETE FROM "sessions"'])(
    'before %s: nothing has happened, and the member can ask again',
    async (statement) => {
      const person = await createCustomer()
      await failDatabase(statement, 'before', EVER)
      expectProblem(await deleteAccount(person.client), 503, 'database-unavailable')
      await clearDatabaseFaults()
      expect(await deletionOf(person.memberId)).toBeUndefined()
      person.client.cookies.set('mercat_access', person.bearer.Authorization.replace('Bearer ', ''))
      expect((await deleteAccount(person.client)).status).toBe(204)
      await expectGone(person)
    },
  )

  test('after the account was closed: the lost answer is no sign of an ended session, and all is done', async () => {
    const person = await createCustomer()
    await failDatabase('INSERT INTO account_deletions', 'after_commit')
    expect((await deleteAccount(person.client)).status).toBe(204)
    await expectGone(person)
  })

  test('after the account was closed, and every answer is lost: the sweep does the rest', async () => {
    const person = await createCustomer()
    await failDatabase('INSERT INTO account_deletions', 'after_commit', 4)
    expectProblem(await deleteAccount(person.client), 503, 'database-unavailable')
    await expectClosed(person)
    await expectFinishedBySweep(person)
  })

  test('while open checkouts are looked for or released: closed, 202, and the sweep does the rest', async () => {
    for (const statement of ["c.status = 'open' ORDER BY c.id", 'UPDATE checkouts SET status = to_status']) {
      const person = await createCustomer()
      await failDatabase(statement, 'before', EVER)
      expect((await deleteAccount(person.client)).status).toBe(202)
      await clearDatabaseFaults()
      await expectClosed(person)
      await expectFinishedBySweep(person)
    }
  })

  test.each(ERASING)('before %s: closed, 202, and the sweep does the rest', async (statement) => {
    const person = await createCustomer()
    await failDatabase(statement, 'before', EVER)
    expect((await deleteAccount(person.client)).status).toBe(202)
    await clearDatabaseFaults()
    await expectClosed(person)
    expect(await deletionOf(person.memberId)).toMatchObject({
      last_error: 'database-unavailable',
      stripe_done_at: expect.anything(),
    })
    await expectFinishedBySweep(person)
  })

  test('after the last step: the lost answer changes nothing', async () => {
    const person = await createCustomer()
    await failDatabase('UPDATE account_deletions SET done_at', 'after_commit')
    expect((await deleteAccount(person.client)).status).toBe(204)
    await expectGone(person)
  })

  test('after the last step, and every answer is lost: 202, and nothing is left to do', async () => {
    const person = await createCustomer()
    await failDatabase('UPDATE account_deletions SET done_at', 'after_commit', 4)
    expect((await deleteAccount(person.client)).status).toBe(202)
    await expectGone(person)
    await expectFinishedBySweep(person)
  })

  test('even while the failure is noted: the sweep does the rest', async () => {
    const person = await createCustomer()
    await failDatabase('account_deletions SET', 'before', EVER)
    expect((await deleteAccount(person.client)).status).toBe(202)
    await expectFinishedBySweep(person)
  })
})

describe('Stripe fails', () => {
  test.each([
    ['POST', '/v1/checkout/sessions/{id}/expire', 500],
    ['DELETE', '/v1/customers/{id}', 500],
    ['DELETE', '/v1/customers/{id}', 429],
    ['DELETE', '/v1/customers/{id}', 401],
  ] as const)(
    '%s %s, before it takes effect, with %d: closed, and the sweep does the rest',
    async (method, path, status) => {
      const person = await createCustomer()
      await failStripe({ method, path, when: 'before', status, times: EVER })
      expect((await deleteAccount(person.client)).status).toBe(202)
      await expectClosed(person)
      expect(await deletionOf(person.memberId)).toMatchObject({ last_error: 'stripe-api-error', stripe_done_at: null })
      await expectFinishedBySweep(person)
    },
  )

  test.each([
    ['POST', '/v1/checkout/sessions/{id}/expire'],
    ['DELETE', '/v1/customers/{id}'],
  ] as const)('%s %s, after it took effect: that is noticed at once or by the sweep', async (method, path) => {
    const person = await createCustomer()
    await failStripe({ method, path, when: 'after', status: 500, times: EVER })
    expect([202, 204]).toContain((await deleteAccount(person.client)).status)
    await expectFinishedBySweep(person)
  })

  test('not: a customer that was deleted there already is as it should be', async () => {
    const person = await createPerson()
    await stripe.customers.del(person.customerId)
    expect((await deleteAccount(person.client)).status).toBe(204)
    await expectGone(person)
  })
})

describe('the sweep', () => {
  test('comes less and less often, at most an hour apart, and leaves alone what is not due', async () => {
    const person = await createCustomer()
    await failStripe({ method: 'DELETE', path: '/v1/customers/{id}', when: 'before', status: 401, times: EVER })
    await deleteAccount(person.client)
    await tick()
    expect(await deletionOf(person.memberId)).toMatchObject({ attempts: 1 })
    const pauses: number[] = []
    for (let round = 0; round < 7; round++) {
      await makeDue(person.memberId)
      await tick()
      const [row] = await db`SELECT round(extract(epoch FROM next_attempt_at - now()) / 60)::int AS minutes
        FROM account_deletions WHERE member_id = ${person.memberId}`
      pauses.push(row!['minutes'])
    }
    expect(pauses).toEqual([4, 8, 16, 32, 60, 60, 60])
    await expectFinishedBySweep(person)
  })

  test('goes on however often a deletion has been tried', async () => {
    const person = await createCustomer()
    await failStripe({ method: 'DELETE', path: '/v1/customers/{id}', when: 'before', status: 401 })
    await deleteAccount(person.client)
    await db`UPDATE account_deletions SET attempts = 30 WHERE member_id = ${person.memberId}`
    await expectFinishedBySweep(person)
    expect(await deletionOf(person.memberId)).toMatchObject({ attempts: 31 })
  })

  test('twice at once does the work once', async () => {
    const person = await createCustomer()
    await failStripe({ method: 'DELETE', path: '/v1/customers/{id}', when: 'before', status: 401 })
    expect((await deleteAccount(person.client)).status).toBe(202)
    const asked = async () => {
      const requests: { method: string; path: string }[] = await stripeRequests()
      return requests.filter(({ method, path }) => method === 'DELETE' && path.endsWith(person.customerId)).length
    }
    const before = await asked()
    await makeDue(person.memberId)
    await Promise.all([tick(), tick(), tick()])
    await expectGone(person)
    expect((await asked()) - before).toBe(1)
  })

  test('finds a customer that was made at Stripe while the account was being closed', async () => {
    const person = await createCustomer()
    await failStripe({ method: 'DELETE', path: '/v1/customers/{id}', when: 'before', status: 401 })
    await deleteAccount(person.client)
    const late = await stripe.customers.create({ email: person.email })
    await stripe.customers.del(person.customerId)
    await db`UPDATE members SET stripe_customer_id = ${late.id} WHERE id = ${person.memberId}`
    await makeDue(person.memberId)
    await tick()
    await expectGone({ ...person, customerId: late.id })
  })
})
