import { afterEach, describe, expect, test } from 'vitest'
import { COST } from '../../support/password-cost.ts'
import { createClient, expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase } from '../support/shop.ts'
import {
  cookieOf,
  memberRow,
  newName,
  openBrowser,
  PASSWORD,
  registerMember,
  registration,
  sessionsOf,
  signInElsewhere,
} from './support.ts'

const HASH_OF_TODAY = new RegExp(String.raw`^\$scrypt\$ln=${COST.ln},r=${COST.r},p=${COST.p}\$`)

describe('registering', () => {
  test('answers the member, signs in by cookies that no script reads, and queues the verification email', async () => {
    const client = await openBrowser({}, { origin: 'https://shop.test' })
    const given = registration()
    const answer = await client.post('/v1/auth/register', { ...given, newsletter: true })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      username: given.username,
      email: given.email,
      email_verified: false,
      email_owned: false,
      pending_email: null,
      first_name: '',
      last_name: '',
      newsletter: true,
      created_at: expect.stringMatching(/Z$/),
    })
    const cookies = answer.headers.getSetCookie().filter((cookie) => cookie.includes('mercat_'))
    expect(cookies).toHaveLength(3)
    for (const cookie of cookies) expect(cookie).toMatch(/^__Host-mercat_.*Path=\/.*HttpOnly.*Secure.*SameSite=Lax/)
    expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
    expect((await client.get('/v1/auth/session')).json).toEqual({
      authenticated: true,
      can_refresh: false,
      member: answer.json,
    })
    const [mail] = await db`SELECT em_cd, variables FROM email_outbox WHERE to_address = ${given.email}`
    expect(mail).toMatchObject({
      em_cd: 'welcome_verification',
      variables: { mb_cd: expect.stringMatching(/^MB\w{10}$/) },
    })
    const row = await memberRow(answer.json.id)
    expect(row.password_hash).toMatch(HASH_OF_TODAY)
    expect(row.mb_cd).toMatch(/^MB\w{10}$/)
  })

  test('takes one round trip', async () => {
    const client = await openBrowser()
    const { result, roundTrips } = await countRoundTrips(() => client.post('/v1/auth/register', registration()))
    expect({ status: result.status, roundTrips }).toEqual({ status: 201, roundTrips: 1 })
  })

  test('refuses a username or email that is taken, in any case, and says which', async () => {
    const { username, email } = await registerMember()
    const client = await openBrowser()
    const sameName = await client.post('/v1/auth/register', { ...registration(), username: username.toUpperCase() })
    expect(expectProblem(sameName, 409, 'account-exists').errors).toMatchObject([{ field: 'username' }])
    const sameEmail = await client.post('/v1/auth/register', { ...registration(), email: email.toUpperCase() })
    expect(expectProblem(sameEmail, 409, 'account-exists').errors).toMatchObject([{ field: 'email' }])
    expect(cookieOf(client, 'mercat_access')).toBeUndefined()
  })

  test('refuses weak passwords with a line for each broken rule', async () => {
    const client = await openBrowser()
    const answer = await client.post('/v1/auth/register', { ...registration(), password: 'jzqkw' })
    const { errors } = expectProblem(answer, 422, 'password-too-weak')
    expect(errors.map((line: { field: string; code: string }) => `${line.field} ${line.code}`)).toEqual([
      'password too-short',
      'password needs-upper-case',
      'password needs-special',
    ])
  })

  test.each(['ab', 'a b c', 'x'.repeat(31), 'jane@example', 'señora', ''])(
    'refuses the username "%s"',
    async (username) => {
      const client = await openBrowser()
      const answer = await client.post('/v1/auth/register', { ...registration(), username })
      expect(expectProblem(answer, 422, 'validation-failed').errors).toMatchObject([{ field: 'username' }])
    },
  )

  test('of 20 parallel registrations with one email makes one member', { timeout: 60_000 }, async () => {
    const email = `${newName()}@example.com`
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () =>
        (await openBrowser()).post('/v1/auth/register', { ...registration(), email }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array<number>(19).fill(409)])
    expect(await db`SELECT id FROM members WHERE email = ${email}`).toHaveLength(1)
    expect(await db`SELECT id FROM email_outbox WHERE to_address = ${email}`).toHaveLength(1)
  })
})

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
        detail: 'Name and password do not belong together, or the account is locked for now.',
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
    const { hashPassword } = await import('../../../src/features/auth/passwords.ts')
    const cheap = await hashPassword(PASSWORD, { ln: 10, r: 8, p: 1 })
    await db`UPDATE members SET password_hash = ${cheap} WHERE id = ${id}`
    await Promise.all([signInElsewhere(username), signInElsewhere(username)])
    expect((await memberRow(id)).password_hash).toMatch(HASH_OF_TODAY)
    await signInElsewhere(username)
  })
})

describe('an answer of the database that was lost', () => {
  afterEach(clearDatabaseFaults)

  test('does not make a registration fail or happen twice', async () => {
    const client = await openBrowser()
    const given = registration()
    await failDatabase('insert into "members"', 'after_commit')
    const { status, json } = await client.post('/v1/auth/register', given)
    expect(status).toBe(201)
    expect(await db`SELECT id FROM members WHERE email = ${given.email}`).toEqual([{ id: json.id }])
    expect(await sessionsOf(json.id)).toHaveLength(1)
    expect(await db`SELECT id FROM email_outbox WHERE to_address = ${given.email}`).toHaveLength(1)
  })

  test('does not make a sign-in fail or open two sessions', async () => {
    const { id, username } = await registerMember()
    await failDatabase('insert into "sessions"', 'after_commit')
    await signInElsewhere(username)
    expect(await sessionsOf(id)).toHaveLength(2)
  })

  test('of a refresh is followed by the same successor', async () => {
    const { client, id } = await registerMember()
    await failDatabase('UPDATE sessions SET', 'after_commit')
    expect((await client.post('/v1/auth/refresh')).status).toBe(200)
    expect((await client.post('/v1/auth/refresh')).status).toBe(200)
    expect((await sessionsOf(id))[0]).toMatchObject({ generation: 2, ended_at: null })
  })
})

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
