import { describe, expect, test } from 'vitest'
import { signedIn } from '../support/as-member.ts'
import { type Client, createClient, expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase } from '../support/shop.ts'

const ACCOUNT = '/v1/account'

describe('the own account', () => {
  test('is shown to its member in one round trip', async () => {
    const { member, client } = await signedIn()
    const { result, roundTrips } = await countRoundTrips(() => client.get(ACCOUNT))
    expect(result.status).toBe(200)
    expect(result.json).toEqual({
      id: member.memberId,
      username: member.username,
      email: member.email,
      email_verified: false,
      email_owned: false,
      pending_email: null,
      first_name: '',
      last_name: '',
      member_code: expect.stringMatching(/^MB/),
      newsletter: false,
      unsubscribed: false,
      use_default_shipping_and_payment: false,
      default_address: null,
      terms_of_use: { current_version: expect.any(String), agreed_version: null, agreed: false },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
    expect(roundTrips).toBe(1)
  })

  test('is refused to an anonymous caller, and to one whose session was ended, at once', async () => {
    expectProblem(await createClient().get(ACCOUNT), 401, 'not-authenticated')
    const { member, client } = await signedIn()
    await db`UPDATE sessions SET ended_at = now() WHERE id = ${member.sessionId}`
    expectProblem(await client.get(ACCOUNT), 401, 'session-ended')
    expectProblem(await client.patch(ACCOUNT, { first_name: 'Eve' }), 401, 'session-ended')
    const [row] = await db`SELECT first_name FROM members WHERE id = ${member.memberId}`
    expect(row).toEqual({ first_name: '' })
  })

  test('tells a client that has it already that it is unchanged', async () => {
    const { client } = await signedIn()
    const etag = (await client.get(ACCOUNT)).headers.get('ETag') ?? ''
    expect(etag).toMatch(/^"\w+"$/)
    expect((await client.get(ACCOUNT, { 'If-None-Match': etag })).status).toBe(304)
  })
})

describe('a change of the account', () => {
  test('changes what it names, leaves the rest, and takes one round trip', async () => {
    const { client } = await signedIn()
    const { result, roundTrips } = await countRoundTrips(() => client.patch(ACCOUNT, { first_name: 'Zoë' }))
    expect({ status: result.status, roundTrips }).toEqual({ status: 200, roundTrips: 1 })
    await client.patch(ACCOUNT, { last_name: "O'Neil 🎈", use_default_shipping_and_payment: true })
    const seen = await client.get(ACCOUNT)
    expect(seen.json).toMatchObject({
      first_name: 'Zoë',
      last_name: "O'Neil 🎈",
      use_default_shipping_and_payment: true,
    })
    expect((await client.patch(ACCOUNT, { first_name: 'Zoë' })).headers.get('ETag')).toBe(seen.headers.get('ETag'))
  })

  test.each([
    ['nothing', {}],
    ['a field that cannot be changed here', { email: 'other@example.com' }],
    ['a name of 101 characters', { first_name: 'x'.repeat(101) }],
    ['a name with a NUL character', { first_name: 'a\0b' }],
    ['a name of two lines', { last_name: 'a\nBcc: b' }],
    ['half of a surrogate pair', { last_name: '\ud800' }],
    ['a null', { first_name: null }],
    ['a word for a choice', { use_default_shipping_and_payment: 'yes' }],
  ])('with %s is refused', async (_, body) => {
    const { client } = await signedIn()
    expectProblem(await client.patch(ACCOUNT, body), 422, 'validation-failed')
  })

  test('changes nobody else', async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    await one.client.patch(ACCOUNT, { first_name: 'One' })
    expect((await other.client.get(ACCOUNT)).json.first_name).toBe('')
  })

  test('is made once when its answer was lost', async () => {
    const { client } = await signedIn()
    await failDatabase('update "members" set', 'after_commit')
    const answer = await client.patch(ACCOUNT, { first_name: 'Ann' })
    await clearDatabaseFaults()
    expect(answer.json.first_name).toBe('Ann')
  })
})

describe('If-Match', () => {
  const change = (client: Client, tag: string, json: unknown) =>
    client.call('PATCH', ACCOUNT, { json, headers: { 'If-Match': tag } })

  test('lets a change through that was made from what is still so', async () => {
    const { client } = await signedIn()
    const etag = (await client.get(ACCOUNT)).headers.get('ETag') ?? ''
    const answer = await change(client, `"else", W/${etag}`, { first_name: 'Ann' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('ETag')).toBe((await client.get(ACCOUNT)).headers.get('ETag'))
    expect((await change(client, '*', { first_name: 'Bea' })).status).toBe(200)
  })

  test.each(['"0"', 'garbage', ''])('%j refuses the change', async (tag) => {
    const { client } = await signedIn()
    expectProblem(await change(client, tag, { first_name: 'Ann' }), 412, 'precondition-failed')
    expect((await client.get(ACCOUNT)).json.first_name).toBe('')
  })

  test('notices a change of anything that the account shows, the default address included', async () => {
    const { client } = await signedIn()
    const etag = (await client.get(ACCOUNT)).headers.get('ETag') ?? ''
    await client.put(`${ACCOUNT}/default-address`, {
      name: 'Ann',
      line1: '1 Main Street',
      city: 'Springfield',
      postal_code: '62701',
      country: 'US',
    })
    expectProblem(await change(client, etag, { first_name: 'Ann' }), 412, 'precondition-failed')
  })

  test('lets one of 10 changes at the same moment through', async () => {
    const { client } = await signedIn()
    const etag = (await client.get(ACCOUNT)).headers.get('ETag') ?? ''
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => change(client, etag, { first_name: `Ann ${index}` })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(9)
  })
})

describe('communication preferences', () => {
  const PREFERENCES = `${ACCOUNT}/communication-preferences`

  test('are read and changed one by one, each in one round trip', async () => {
    const { client } = await signedIn()
    expect((await client.get(PREFERENCES)).json).toEqual({ newsletter: false, unsubscribed_from_all: false })
    const { result, roundTrips } = await countRoundTrips(() => client.patch(PREFERENCES, { newsletter: true }))
    expect({ json: result.json, roundTrips }).toEqual({
      json: { newsletter: true, unsubscribed_from_all: false },
      roundTrips: 1,
    })
    await client.patch(PREFERENCES, { unsubscribed_from_all: true })
    const read = await countRoundTrips(() => client.get(PREFERENCES))
    expect({ json: read.result.json, roundTrips: read.roundTrips }).toEqual({
      json: { newsletter: true, unsubscribed_from_all: true },
      roundTrips: 1,
    })
    expect((await client.get(ACCOUNT)).json).toMatchObject({ newsletter: true, unsubscribed: true })
    const back = await client.patch(PREFERENCES, { unsubscribed_from_all: false })
    expect(back.json).toEqual({ newsletter: true, unsubscribed_from_all: false })
  })

  test('keep the moment of the first time', async () => {
    const { member, client } = await signedIn()
    const moment = () => db`SELECT unsubscribed_at FROM members WHERE id = ${member.memberId}`
    await client.patch(PREFERENCES, { unsubscribed_from_all: true })
    const first = await moment()
    await client.patch(PREFERENCES, { unsubscribed_from_all: true, newsletter: true })
    expect(await moment()).toEqual(first)
  })

  test('are refused in a wrong form and to an anonymous caller', async () => {
    const { client } = await signedIn()
    for (const body of [{}, { newsletter: 'on' }, { newsletter: null }, { letters: true }])
      expectProblem(await client.patch(PREFERENCES, body), 422, 'validation-failed')
    expectProblem(await createClient().get(PREFERENCES), 401, 'not-authenticated')
  })
})
