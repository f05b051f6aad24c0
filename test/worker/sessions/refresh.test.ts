import { env } from 'cloudflare:test'
import { afterEach, describe, expect, test } from 'vitest'
import { readRefreshToken, refreshTokenFor } from '../../../src/features/sessions/refresh-token.ts'
import { createClient, expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase } from '../support/shop.ts'
import { cookieOf, openBrowser, registerMember, sessionsOf, signInElsewhere } from '../support/accounts.ts'

const refreshCookie = 'mercat_refresh'

/** As if the last refresh had been `seconds` ago. */
const age = (memberId: string, seconds: number) =>
  db`UPDATE sessions SET rotated_at = now() - make_interval(secs => ${seconds}) WHERE member_id = ${memberId}`

describe('refreshing', () => {
  test('takes one round trip, spends the token and lengthens the session', async () => {
    const { client, id } = await registerMember()
    const first = cookieOf(client, refreshCookie)
    client.cookies.delete('mercat_access')
    await db`UPDATE sessions SET expires_at = now() + interval '1 minute' WHERE member_id = ${id}`
    const { result, roundTrips } = await countRoundTrips(() => client.post('/v1/auth/refresh'))
    expect({ status: result.status, id: result.json.id, roundTrips }).toEqual({ status: 200, id, roundTrips: 1 })
    expect(cookieOf(client, refreshCookie)).not.toBe(first)
    expect((await client.get('/v1/auth/session')).json.authenticated).toBe(true)
    const [session] = await sessionsOf(id)
    expect(session).toMatchObject({ generation: 1, ended_at: null })
    expect(Date.parse(session!.expires_at)).toBeGreaterThan(Date.now() + 6.9 * 86_400_000)
    expect(JSON.stringify(session)).not.toContain(cookieOf(client, refreshCookie)!.split('.')[2])
  })

  test('by two tabs at the same moment gives both the same successor', async () => {
    const { client, id } = await registerMember()
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.call('POST', '/v1/auth/refresh')))
    const successors = answers.map(
      (answer) =>
        answer.headers
          .getSetCookie()
          .find((cookie) => cookie.startsWith(refreshCookie))
          ?.split(';')[0],
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(new Set(successors).size).toBe(1)
    expect((await sessionsOf(id))[0]).toMatchObject({ generation: 1, ended_at: null })
    expect((await client.post('/v1/auth/refresh')).status).toBe(200)
  })

  test('with a token that was spent before the grace ends the session at once', async () => {
    const { client, id, username } = await registerMember()
    const elsewhere = await signInElsewhere(username)
    const thief = await openBrowser()
    thief.cookies.set(refreshCookie, cookieOf(client, refreshCookie)!)
    expect((await client.post('/v1/auth/refresh')).status).toBe(200)
    await age(id, 11)
    expectProblem(await thief.post('/v1/auth/refresh'), 401, 'session-ended')
    expect(cookieOf(thief, refreshCookie)).toBeUndefined()
    expect((await client.get('/v1/auth/session')).json).toMatchObject({ authenticated: false })
    expect((await elsewhere.get('/v1/auth/session')).json).toMatchObject({ authenticated: true })
    expect((await sessionsOf(id)).map((row) => row.ended_at !== null)).toEqual([true, false])
  })

  test('with a token of two generations ago ends the session even within the grace', async () => {
    const { client, id } = await registerMember()
    const first = cookieOf(client, refreshCookie)!
    await client.post('/v1/auth/refresh')
    await client.post('/v1/auth/refresh')
    client.cookies.set(refreshCookie, first)
    expectProblem(await client.post('/v1/auth/refresh'), 401, 'session-ended')
    expect((await sessionsOf(id))[0]!.ended_at).not.toBeNull()
  })

  test('with a forged or malformed token ends nothing', async () => {
    const { client, id } = await registerMember()
    const { sessionId } = readRefreshToken(env, cookieOf(client, refreshCookie)!)!
    const forged = refreshTokenFor(
      { SIGNING_SECRET: 'another-secret-that-is-long-enough-for-it' },
      { sessionId, generation: 0 },
    )
    for (const token of [forged, `${sessionId}.0.`, `${sessionId}.99999999999.${'A'.repeat(43)}`, 'x', '..']) {
      const stranger = await openBrowser()
      stranger.cookies.set(refreshCookie, token)
      expectProblem(await stranger.post('/v1/auth/refresh'), 401, 'session-ended')
    }
    expectProblem(await (await openBrowser()).post('/v1/auth/refresh'), 401, 'not-authenticated')
    expect((await sessionsOf(id))[0]).toMatchObject({ generation: 0, ended_at: null })
  })

  test('after the session has run out is too late', async () => {
    const { client, id } = await registerMember()
    await db`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE member_id = ${id}`
    expectProblem(await client.post('/v1/auth/refresh'), 401, 'session-ended')
  })

  test('by token in the body answers tokens in the body, to a client without cookies whose bearer has run out', async () => {
    const { client, id } = await registerMember()
    const given = cookieOf(client, refreshCookie)
    const { status, json, headers } = await createClient().post(
      '/v1/auth/refresh-token',
      { refresh_token: given },
      { Authorization: 'Bearer run-out' },
    )
    expect({ status, id: json.id }).toEqual({ status: 200, id })
    expect(headers.getSetCookie().join()).not.toContain('mercat_access')
    const bearer = { Authorization: `Bearer ${json.tokens.access_token}` }
    expect((await createClient().get('/v1/account/sessions', bearer)).status).toBe(200)
  })
})

describe('a browser whose access token has run out', () => {
  test('is told to refresh, and not taken for a visitor', async () => {
    const { client } = await registerMember()
    client.cookies.delete('mercat_access')
    for (const path of ['/v1/cart', '/v1/checkout/cs_test_1', '/v1/orders/ORD-2345678923', '/v1/account/sessions'])
      expectProblem(await client.get(path), 401, 'access-token-expired')
    expect((await client.get('/v1/shipping-methods')).status).toBe(200)
    await client.post('/v1/auth/refresh')
    expect((await client.get('/v1/cart')).status).toBe(200)
  })
})

describe('an invalid Bearer', () => {
  test('is refused, but for the state of the session and signing out', async () => {
    const client = createClient()
    const bearer = { Authorization: 'Bearer x.y.z' }
    expectProblem(await client.get('/v1/cart', bearer), 401, 'not-authenticated')
    expect((await client.get('/v1/auth/session', bearer)).json).toEqual({ authenticated: false, can_refresh: false })
    expect((await client.post('/v1/auth/logout', undefined, bearer)).status).toBe(204)
  })
})

describe('a lost answer of the database', () => {
  afterEach(clearDatabaseFaults)

  test('of a refresh is followed by the same successor', async () => {
    const { client, id } = await registerMember()
    await failDatabase('UPDATE sessions SET', 'after_commit')
    expect((await client.post('/v1/auth/refresh')).status).toBe(200)
    expect((await client.post('/v1/auth/refresh')).status).toBe(200)
    expect((await sessionsOf(id))[0]).toMatchObject({ generation: 2, ended_at: null })
  })
})
