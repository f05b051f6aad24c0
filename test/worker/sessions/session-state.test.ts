import { describe, expect, test } from 'vitest'
import { cookieOf, openBrowser, registerMember, sessionsOf, signInElsewhere } from '../support/accounts.ts'
import { expectProblem } from '../support/client.ts'
import { countRoundTrips, db } from '../support/shop.ts'

describe('the state of the session', () => {
  test('costs a visitor nothing and a member one round trip', async () => {
    const visitor = await openBrowser()
    const anonymous = await countRoundTrips(() => visitor.get('/v1/auth/session'))
    expect(anonymous).toMatchObject({ roundTrips: 0, result: { json: { authenticated: false, can_refresh: false } } })
    const { client } = await registerMember()
    const member = await countRoundTrips(() => client.get('/v1/auth/session'))
    expect(member).toMatchObject({ roundTrips: 1, result: { json: { authenticated: true } } })
  })

  test('tells a browser whose access token has run out that it can refresh', async () => {
    const { client } = await registerMember()
    client.cookies.delete('mercat_access')
    const { result, roundTrips } = await countRoundTrips(() => client.get('/v1/auth/session'))
    expect({ json: result.json, roundTrips }).toEqual({
      json: { authenticated: false, can_refresh: true },
      roundTrips: 0,
    })
  })

  test('of an ended session is that of a visitor, and its cookies go', async () => {
    const { client, id } = await registerMember()
    await db`UPDATE sessions SET ended_at = now() WHERE member_id = ${id}`
    expect((await client.get('/v1/auth/session')).json).toEqual({ authenticated: false, can_refresh: false })
    expect([cookieOf(client, 'mercat_access'), cookieOf(client, 'mercat_refresh')]).toEqual([undefined, undefined])
  })
})

describe('signing out', () => {
  test('ends this session only, at once, and clears the cookies', async () => {
    const { client, id, username } = await registerMember()
    const elsewhere = await signInElsewhere(username)
    const [access, refresh] = [cookieOf(client, 'mercat_access')!, cookieOf(client, 'mercat_refresh')!]
    expect((await client.post('/v1/auth/logout')).status).toBe(204)
    expect(cookieOf(client, 'mercat_refresh')).toBeUndefined()
    client.cookies.set('mercat_access', access).set('mercat_refresh', refresh)
    expect((await client.get('/v1/auth/session')).json.authenticated).toBe(false)
    client.cookies.set('mercat_refresh', refresh)
    expectProblem(await client.post('/v1/auth/refresh'), 401, 'session-ended')
    expect(cookieOf(client, 'mercat_refresh')).toBeUndefined()
    expect((await elsewhere.get('/v1/auth/session')).json.member.id).toBe(id)
  })

  test('works with a refresh token alone, and without a session does nothing', async () => {
    const { client, id } = await registerMember()
    client.cookies.delete('mercat_access')
    expect((await client.post('/v1/auth/logout')).status).toBe(204)
    expect((await sessionsOf(id)).map((row) => row.ended_at !== null)).toEqual([true])
    const visitor = await openBrowser()
    const { result, roundTrips } = await countRoundTrips(() => visitor.post('/v1/auth/logout'))
    expect({ status: result.status, roundTrips }).toEqual({ status: 204, roundTrips: 0 })
  })

  test('everywhere ends every session of the member; an ended one cannot', async () => {
    const { client, id, username } = await registerMember()
    const elsewhere = await signInElsewhere(username)
    expect((await client.post('/v1/auth/logout-all')).status).toBe(204)
    expect((await sessionsOf(id)).every((row) => row.ended_at !== null)).toBe(true)
    expectProblem(await elsewhere.post('/v1/auth/logout-all'), 401, 'session-ended')
    expectProblem(await (await openBrowser()).post('/v1/auth/logout-all'), 401, 'not-authenticated')
  })
})
