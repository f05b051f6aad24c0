import { createExecutionContext, createScheduledController, env, waitOnExecutionContext } from 'cloudflare:test'
import { expect } from 'vitest'
import { hashPassword } from '../../../src/features/passwords/password-hash.ts'
import worker from '../../../src/index.ts'
import { addToCart, checkOut } from '../support/buyer.ts'
import { type Client, createVisitor } from '../support/client.ts'
import { createMember, type TestMember } from '../support/member.ts'
import { createSku, db } from '../support/shop.ts'
import { pay, stripe } from '../support/stripe.ts'

export const PASSWORD = 'Grey-Heron-42'

export type Person = TestMember & {
  /** A browser that is signed in. */
  client: Client
  customerId: string
}

/** A member with a password, a verified address, a customer at Stripe and a browser that is signed in. */
export async function createPerson(overrides: Record<string, unknown> = {}): Promise<Person> {
  const member = await createMember()
  const customer = await stripe.customers.create({ email: member.email, name: 'Jane Doe' })
  await db`UPDATE members SET password_hash = ${await hashPassword(PASSWORD)}, stripe_customer_id = ${customer.id},
    first_name = 'Jane', last_name = 'Doe', email_verified_at = now(), email_owned_at = now() WHERE id = ${member.memberId}`
  const client = await createVisitor(overrides)
  client.cookies.set('mercat_access', member.bearer.Authorization.replace('Bearer ', ''))
  return { ...member, client, customerId: customer.id }
}

/** Charges a customer at Stripe, past the shop. Answers the payment intent's id. */
export async function charge(customerId: string, amount = 2_500): Promise<string> {
  const { id } = await stripe.checkout.sessions.create({
    mode: 'payment',
    customer: customerId,
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: amount, product_data: { name: 'Teapot' } } },
    ],
    success_url: 'http://storefront.test/done',
  })
  await pay(id)
  const session = await stripe.checkout.sessions.retrieve(id)
  return session.payment_intent as string
}

export const deleteAccount = (client: Client, password = PASSWORD) => client.post('/v1/account/delete', { password })

/** Puts a unit of a SKU of its own on a payment page. */
export async function withOpenCheckout(person: Person) {
  const sku = await createSku()
  await addToCart(person.client, sku.skuId)
  return { client: person.client, sku, checkout: await checkOut(person.client) }
}

/** One tick of the cron. */
export async function tick(overrides: Record<string, unknown> = {}): Promise<void> {
  const runtime = createExecutionContext()
  await worker.scheduled(createScheduledController(), { ...env, ...overrides }, runtime)
  await waitOnExecutionContext(runtime)
}

/** The next tick takes this deletion up. */
export const makeDue = (memberId: string) =>
  db`UPDATE account_deletions SET next_attempt_at = now() - interval '1 second' WHERE member_id = ${memberId} AND done_at IS NULL`

export async function deletionOf(memberId: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await db`SELECT * FROM account_deletions WHERE member_id = ${memberId}`
  return row
}

/** Whatever has been bought has its email sent, so that nothing is on its way any more. */
export const emailsAreSent = (memberId: string) =>
  db`UPDATE email_outbox e SET status = 'sent', sent_at = now() FROM orders o WHERE o.id = e.order_id AND o.member_id = ${memberId}`

/** Every table with a text in which one of these words stands, as `table.column`. */
export async function traces(...words: string[]): Promise<string[]> {
  const columns = await db`
    SELECT table_name, column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type IN ('text', 'jsonb', 'uuid', 'character')`
  const union = columns
    .map(
      ({ table_name: table, column_name: column }) =>
        `SELECT '${table}.${column}' AS at FROM "${table}" WHERE "${column}"::text ILIKE ANY ($1)`,
    )
    .join(' UNION ')
  const rows = await db.query(`${union} ORDER BY 1`, [words.map((word) => `%${word}%`)])
  return rows.map((row) => row['at'] as string)
}

/** Nothing of the person is left, save the mark that they were deleted; and Stripe has forgotten the customer. */
export async function expectGone(person: Person): Promise<void> {
  expect(await traces(person.email, person.username, person.customerId, person.sessionId)).toEqual([])
  expect(await traces(person.memberId)).toEqual(['account_deletions.member_id'])
  expect(await deletionOf(person.memberId)).toMatchObject({
    stripe_customer_id: null,
    last_error: null,
    done_at: expect.anything(),
  })
  expect(await stripe.customers.retrieve(person.customerId)).toMatchObject({ deleted: true })
}
