import { afterEach, describe, expect, test } from 'vitest'
import { COST } from '../../support/password-cost.ts'
import {
  cookieOf,
  memberRow,
  newName,
  openBrowser,
  registerMember,
  registration,
  sessionsOf,
} from '../support/accounts.ts'
import { expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase } from '../support/shop.ts'

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

describe('a lost answer of the database', () => {
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
})
