import { describe, expect, test } from 'vitest'
import { openBrowser, PASSWORD, registerMember } from '../support/accounts.ts'
import { addToCart, buy, checkOut, createBuyer } from '../support/buyer.ts'
import { type Client, createVisitor, expectProblem } from '../support/client.ts'
import { createDiscountCode, createSku, db, unique } from '../support/shop.ts'
import { stripe } from '../support/stripe.ts'

const TERMS = { agreed_with_terms_of_sale: true }

const apply = (client: Client, code: string) => client.post('/v1/cart/discount-codes', { code })

/** A checkout of a visitor of its own, with this code and address. */
async function startAsGuest(code: string, email: string) {
  const { client } = await createBuyer()
  expect((await apply(client, code)).status).toBe(200)
  return { client, answer: await client.post('/v1/checkout', { ...TERMS, email }) }
}

/** Whether a guest at this address may (still) use the code. */
async function refused(code: string, email: string): Promise<boolean> {
  const { answer } = await startAsGuest(code, email)
  if (answer.status === 201) return false
  expectProblem(answer, 422, 'discount-used-up')
  return true
}

/** Another cart of the member, with a line in it. */
async function fillCart(client: Client): Promise<void> {
  await client.delete('/v1/cart')
  await addToCart(client, (await createSku()).skuId)
}

/** A member who bought with the code. */
async function registerUser(code: string) {
  const account = await registerMember()
  await fillCart(account.client)
  await apply(account.client, code)
  await buy(account.client)
  return account
}

const onlyCode = async (client: Client) => (await client.get('/v1/cart')).json.discount_codes[0]

describe('a code that everybody may use once', () => {
  test('is refused to who has paid with it, however the address is written, and to nobody else', async () => {
    const { code } = await createDiscountCode({ perCustomerLimit: 1 })
    const name = unique('jane')
    const { client } = await startAsGuest(code, `${name}+one@example.com`)
    await buy(client, { email: `${name}+one@example.com` })
    for (const email of [`${name}+one@example.com`, `${name}@example.com`, `${name.toUpperCase()}+Two+3@Example.COM`])
      expect({ email, refused: await refused(code, email) }).toEqual({ email, refused: true })
    for (const email of [`${name}one@example.com`, `${name}@example.org`, `+${name}@example.com`])
      expect({ email, refused: await refused(code, email) }).toEqual({ email, refused: false })
  })

  test('counts for a member what was bought as a guest, and for a guest what was bought as a member', async () => {
    const { code } = await createDiscountCode({ perCustomerLimit: 1 })
    const { client: member, email } = await registerMember()
    const { client: guest } = await startAsGuest(code, email)
    await buy(guest, { email })
    await fillCart(member)
    expectProblem(await apply(member, code), 422, 'discount-used-up')

    const other = await createDiscountCode({ perCustomerLimit: 1 })
    const user = await registerUser(other.code)
    expect(await refused(other.code, user.email.replace('@', '+again@'))).toBe(true)
  })

  test('stays used for a member whose address changes', async () => {
    const { code } = await createDiscountCode({ perCustomerLimit: 1 })
    const { client, id } = await registerUser(code)
    await db`UPDATE members SET email = ${`${unique('moved')}@example.com`} WHERE id = ${id}`
    await fillCart(client)
    expectProblem(await apply(client, code), 422, 'discount-used-up')
  })

  test('is shown as used up in the cart as soon as its owner is known, and is not charged for', async () => {
    const { code } = await createDiscountCode({ perCustomerLimit: 1, percentOff: 50 })
    const { username } = await registerUser(code)
    const browser = await openBrowser()
    await addToCart(browser, (await createSku()).skuId)
    expect((await apply(browser, code)).json.discount_codes).toMatchObject([{ code, applied: true }])
    expect((await browser.post('/v1/auth/login', { login: username, password: PASSWORD })).status).toBe(200)
    const { json: cart } = await browser.get('/v1/cart')
    expect(cart).toMatchObject({
      discount_codes: [
        { code, applied: false, amount: { amount: 0 }, reason: 'discount-used-up', message: expect.any(String) },
      ],
      totals: { item_discount: { amount: 0 } },
    })
    const { session_id } = await checkOut(browser, { expected_total: cart.totals.total })
    expect((await stripe.checkout.sessions.retrieve(session_id)).amount_total).toBe(cart.totals.total.amount)
  })

  test('is not used up by the open checkout of the same cart, and is free again when that ends', async () => {
    const { code } = await createDiscountCode({ perCustomerLimit: 1 })
    const { client, email } = await registerMember()
    await fillCart(client)
    await apply(client, code)
    const { checkout_id } = await checkOut(client)
    expect(await onlyCode(client)).toMatchObject({ code, applied: true })
    await client.delete(`/v1/cart/discount-codes/${code}`)
    expect((await apply(client, code)).status).toBe(200)
    expect(await refused(code, email)).toBe(true)
    await client.delete('/v1/cart')
    await db`UPDATE checkouts SET status = 'expired' WHERE id = ${checkout_id}`
    expect(await refused(code, email)).toBe(false)
  })

  test('is taken once by many checkouts of one person at the same time', { timeout: 60_000 }, async () => {
    const { code } = await createDiscountCode({ perCustomerLimit: 1 })
    const name = unique('many')
    const buyers = await Promise.all(Array.from({ length: 8 }, () => createBuyer()))
    for (const { client } of buyers) await apply(client, code)
    const answers = await Promise.all(
      buyers.map(({ client }, at) => client.post('/v1/checkout', { ...TERMS, email: `${name}+${at}@example.com` })),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array(7).fill(422)])
  })

  test('that may be used twice is refused the third time', async () => {
    const { code } = await createDiscountCode({ perCustomerLimit: 2 })
    const { client } = await registerUser(code)
    await fillCart(client)
    await apply(client, code)
    await buy(client)
    await fillCart(client)
    expectProblem(await apply(client, code), 422, 'discount-used-up')
    expect((await apply(await createVisitor(), code)).status).toBe(200)
  })
})
