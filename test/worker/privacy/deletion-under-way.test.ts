import { describe, expect, test } from 'vitest'
import { addToCart, checkOut, deliverCompleted } from '../support/buyer.ts'
import { createVisitor } from '../support/client.ts'
import { createOutboxRow, deliverEmail, outboxRow } from '../support/email.ts'
import { createSku, db, stockOf } from '../support/shop.ts'
import { deliver, pay, sessionEvent, settleDebit, stripe } from '../support/stripe.ts'
import {
  createPerson,
  deleteAccount,
  deletionOf,
  emailsAreSent,
  expectGone,
  makeDue,
  PASSWORD,
  tick,
  traces,
  withOpenCheckout,
} from './support.ts'

describe('a checkout of a deleted account', () => {
  test('that is open ends at Stripe, and its goods are free again', async () => {
    const person = await createPerson()
    const { client, sku, checkout } = await withOpenCheckout(person)
    expect((await deleteAccount(client)).status).toBe(204)
    expect((await stripe.checkout.sessions.retrieve(checkout.session_id)).status).toBe('expired')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
    await expectGone(person)
  })

  test('that was begun before signing in goes with the cart that it came in', async () => {
    const person = await createPerson()
    const visitor = await createVisitor()
    const sku = await createSku()
    await addToCart(visitor, sku.skuId)
    const { session_id } = await checkOut(visitor, { email: person.email })
    expect((await visitor.post('/v1/auth/login', { login: person.username, password: PASSWORD })).status).toBe(200)
    expect((await deleteAccount(visitor)).status).toBe(204)
    expect((await stripe.checkout.sessions.retrieve(session_id)).status).toBe('expired')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
    await expectGone(person)
  })

  test('that was paid without our knowing becomes its order first, whose buyer gets the email before it is erased', async () => {
    const person = await createPerson()
    const { client, sku, checkout } = await withOpenCheckout(person)
    await pay(checkout.session_id, { email: person.email, name: 'Jacinta Paid' })
    expect((await deleteAccount(client)).status).toBe(202)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
    expect(await deletionOf(person.memberId)).toMatchObject({
      last_error: 'an email that is on its way',
      done_at: null,
    })
    await emailsAreSent(person.memberId)
    await makeDue(person.memberId)
    await tick()
    await expectGone(person)
    expect(await traces('Jacinta Paid')).toEqual([])
    const event = sessionEvent('checkout.session.completed', { id: checkout.session_id })
    expect((await deliver(event)).json).toMatchObject({ order_identifier: expect.stringMatching(/^ORD-/) })
    expect((await deliver(event)).status).toBe(200)
    await expectGone(person)
    expect(await traces('Jacinta Paid')).toEqual([])
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
    expect(await db`SELECT count(*)::int AS orders FROM orders WHERE checkout_id = ${checkout.checkout_id}`).toEqual([
      { orders: 1 },
    ])
  })

  test.each(['succeeded', 'failed'] as const)(
    'that waits for a bank debit is waited for, and forgotten once that has %s',
    async (outcome) => {
      const person = await createPerson()
      const { client, sku, checkout } = await withOpenCheckout(person)
      await pay(checkout.session_id, { payment_method: 'bank_debit', email: person.email, name: 'Jacinta Debit' })
      await deliverCompleted({ id: checkout.session_id })
      expect((await deleteAccount(client)).status).toBe(202)
      expect(await stripe.customers.retrieve(person.customerId)).toMatchObject({ deleted: true })
      expect(await deletionOf(person.memberId)).toMatchObject({
        last_error: 'a payment that may still come',
        stripe_done_at: expect.anything(),
        done_at: null,
      })
      await settleDebit(checkout.session_id, outcome)
      const type = `checkout.session.async_payment_${outcome}`
      expect((await deliver(sessionEvent(type, { id: checkout.session_id }))).status).toBe(200)
      await emailsAreSent(person.memberId)
      await db`UPDATE email_outbox SET status = 'sent', variables = jsonb_build_object('checkout_id', variables->'checkout_id')
        WHERE to_address = ${person.email} AND em_cd = 'payment_failed'`
      await makeDue(person.memberId)
      await tick()
      await expectGone(person)
      expect(await traces('Jacinta Debit')).toEqual([])
      expect(await stockOf(sku.skuId)).toEqual({ on_hand: outcome === 'succeeded' ? 99 : 100, reserved: 0 })
    },
  )

  test('that has ended is not touched by late events', async () => {
    const person = await createPerson()
    const { client, checkout } = await withOpenCheckout(person)
    expect((await deleteAccount(client)).status).toBe(204)
    const read = () => db`SELECT * FROM checkouts WHERE id = ${checkout.checkout_id}`
    const before = await read()
    for (const type of ['checkout.session.expired', 'checkout.session.completed', 'customer.deleted']) {
      expect((await deliver(sessionEvent(type, { id: checkout.session_id }))).status).toBe(200)
    }
    expect(await read()).toEqual(before)
    await expectGone(person)
  })
})

describe('an email of a deleted account', () => {
  test('that was sent long ago is forgotten too, although its address was never proven', async () => {
    const person = await createPerson()
    await db`UPDATE members SET email_verified_at = NULL, email_owned_at = NULL WHERE id = ${person.memberId}`
    const [member] = await db`SELECT mb_cd FROM members WHERE id = ${person.memberId}`
    const variables = {
      verify_url: 'https://storefront.test/verify?token=hush',
      disown_url: 'https://storefront.test/not-me?token=hush',
      name: 'Jane',
      mb_cd: member!['mb_cd'],
    }
    const outboxId = await createOutboxRow({ emCd: 'welcome_verification', to: person.email, variables })
    expect(await deliverEmail(outboxId)).toMatchObject({ acked: true })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sent', variables: { mb_cd: member!['mb_cd'] } })
    expect((await deleteAccount(person.client)).status).toBe(204)
    await expectGone(person)
  })

  test('that is just being sent is waited for', async () => {
    const person = await createPerson()
    const [row] = await db`INSERT INTO email_outbox (em_cd, to_address, status, variables, next_sweep_at)
      SELECT 'password_reset', email, 'sending', jsonb_build_object('mb_cd', mb_cd), now() + interval '1 hour'
      FROM members WHERE id = ${person.memberId} RETURNING id`
    expect((await deleteAccount(person.client)).status).toBe(202)
    await db`UPDATE email_outbox SET status = 'sent' WHERE id = ${row!['id']}`
    await makeDue(person.memberId)
    await tick()
    await expectGone(person)
  })
})

describe('a deletion among other requests', () => {
  test('at the same moment leaves nothing behind, whoever comes first', async () => {
    for (let round = 0; round < 5; round++) {
      const person = await createPerson()
      const sku = await createSku()
      await addToCart(person.client, sku.skuId)
      const visitors = await Promise.all([createVisitor(), createVisitor()])
      const body = { agreed_with_terms_of_sale: true }
      const answers = await Promise.all([
        person.client.post('/v1/checkout', body),
        deleteAccount(person.client),
        person.client.post('/v1/cart/items', { sku_id: sku.skuId, quantity: 1 }),
        ...visitors.map((visitor) => visitor.post('/v1/auth/login', { login: person.email, password: PASSWORD })),
        person.client.get('/v1/account/export'),
      ])
      for (const { status, text } of answers) expect(status, text).toBeLessThan(500)
      await makeDue(person.memberId)
      await tick()
      await expectGone(person)
      expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
      for (const visitor of visitors) {
        expect((await visitor.get('/v1/auth/session')).json).toMatchObject({ authenticated: false })
      }
    }
  })

  test('takes a customer with it that a failed checkout had made at Stripe', async () => {
    const { client, memberId } = await createPerson()
    await db`UPDATE members SET stripe_customer_id = NULL WHERE id = ${memberId}`
    const customer = await stripe.customers.create(
      { metadata: { member_id: memberId } },
      { idempotencyKey: `customer:${memberId}` },
    )
    expect((await deleteAccount(client)).status).toBe(204)
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
  })
})
