import { afterEach, describe, expect, test } from 'vitest'
import { COST } from '../../support/password-cost.ts'
import {
  cookieOf,
  memberRow,
  newName,
  openBrowser,
  PASSWORD,
  registerMember,
  sessionsOf,
  signInElsewhere,
} from '../support/accounts.ts'
import { createClient, expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase } from '../support/shop.ts'

const HASH_OF_TODAY = new RegExp(String.raw`^\$scrypt\$ln=${COST.ln},r=${COST.r},p=${COST.p}\$`)

describe('signing in', () => {
  test('works by username and by email, in any case, and takes two round trips', async () => {
    const { id, username, email } = await registerMember()
    for (const login of [username, email, username.toUpperCase(), email.toUpperCase()]) {
      const client = await openBrowser()
      const { result, roundTrips } = await countRoundTrips(() =>
        client.post('/v1/auth/login', { login, password: PASSWORD }),
      )
      expect({ status: result.status, id: result.json.id, roundTrips }).toEqual({ status: 200, id, roundTrips: 2 })
    }
    expect(await sessionsOf(id)).toHaveLength(5)
  })

  test('answers a wrong password and an unknown account alike, in one round trip', async () => {
    const { username } = await registerMember()
    const client = await openBrowser()
    for (const login of [username, newName(), `${newName()}@example.com`]) {
      const { result, roundTrips } = await countRoundTrips(() =>
        client.post('/v1/auth/login', { login, password: 'Wrong-Heron-42' }),
      )
      const { detail } = expectProblem(result, 401, 'invalid-credentials')
      expect({ detail, roundTrips }).toEqual({
        detail: 'The name or the password is wrong, or the account is locked for now.',
        roundTrips: 1,
      })
    }
    expect(cookieOf(client, 'mercat_access')).toBeUndefined()
  })

  test('hands the tokens to clients without cookies, which are then known by the Bearer', async () => {
    const { username, id } = await registerMember()
    const client = await openBrowser()
    const { json } = await client.post('/v1/auth/login', {
      login: username,
      password: PASSWORD,
      token_delivery: 'body',
    })
    expect(json.tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900 })
    expect(cookieOf(client, 'mercat_access')).toBeUndefined()
    const app = createClient()
    const bearer = { Authorization: `Bearer ${json.tokens.access_token}` }
    expect((await app.get('/v1/auth/session', bearer)).json).toMatchObject({ authenticated: true, member: { id } })
    expect((await app.post('/v1/auth/logout', undefined, bearer)).status).toBe(204)
    expect((await app.get('/v1/auth/session', bearer)).json).toEqual({ authenticated: false, can_refresh: false })
  })

  test('replaces a hash that was made with other parameters', async () => {
    const { id, username } = await registerMember()
    const { hashPassword } = await import('../../../src/features/passwords/password-hash.ts')
    const cheap = await hashPassword(PASSWORD, { ln: 10, r: 8, p: 1 })
    await db`UPDATE members SET password_hash = ${cheap} WHERE id = ${id}`
    await Promise.all([signInElsewhere(username), signInElsewhere(username)])
    expect((await memberRow(id)).password_hash).toMatch(HASH_OF_TODAY)
    await signInElsewhere(username)
  })
})

describe('a lost answer of the database', () => {
  afterEach(clearDatabaseFaults)

  test('does not make a sign-in fail or open two sessions', async () => {
    const { id, username } = await registerMember()
    await failDatabase('insert into "sessions"', 'after_commit')
    await signInElsewhere(username)
    expect(await sessionsOf(id)).toHaveLength(2)
  })
})
