import { afterEach, describe, expect, inject, test } from 'vitest'
import { createVisitor, expectProblem } from '../support/client.ts'
import { oneEmailTo } from '../support/mailbox.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase } from '../support/shop.ts'
import {
  ANOTHER_PASSWORD,
  emailedToken,
  memberRow,
  newName,
  openBrowser,
  PASSWORD,
  registerMember,
  registration,
  sessionsOf,
  signInElsewhere,
} from '../support/accounts.ts'

async function forget(email: string): Promise<string> {
  expect((await (await openBrowser()).post('/v1/auth/password/forgot', { login: email })).status).toBe(202)
  return emailedToken(email, 'password_reset')
}

const tryPassword = async (login: string, password: string) =>
  (await (await openBrowser()).post('/v1/auth/login', { login, password })).status

describe('a forgotten password', () => {
  test('is answered alike for everyone; only an owner gets an email', async () => {
    const { username, email } = await registerMember()
    const client = await openBrowser()
    for (const login of [username, newName(), `${newName()}@example.com`]) {
      const { result, roundTrips } = await countRoundTrips(() => client.post('/v1/auth/password/forgot', { login }))
      expect({ status: result.status, text: result.text, roundTrips }).toEqual({ status: 202, text: '', roundTrips: 1 })
    }
    const rows = await db`SELECT 1 FROM email_outbox WHERE to_address = ${email} AND em_cd = 'password_reset'`
    expect(rows).toHaveLength(1)
  })

  test('is reset by the emailed link, which ends every session and opens a locked account', async () => {
    const given = registration()
    const client = await createVisitor()
    const { json } = await client.post('/v1/auth/register', given)
    await oneEmailTo(given.email)
    await db`UPDATE members SET failed_sign_ins = 10, locked_until = now() + interval '10 minutes' WHERE id = ${json.id}`
    await client.post('/v1/auth/password/forgot', { login: given.username })
    const token = await emailedToken(given.email, 'password_reset')
    const stranger = await openBrowser()
    const reset = await stranger.post('/v1/auth/password/reset', { token, password: ANOTHER_PASSWORD })
    expect(reset.status).toBe(204)
    expectProblem(await client.get('/v1/account/sessions'), 401, 'session-ended')
    expect((await sessionsOf(json.id)).every((row) => row.ended_at !== null)).toBe(true)
    expect(await tryPassword(given.username, PASSWORD)).toBe(401)
    expect(await tryPassword(given.username, ANOTHER_PASSWORD)).toBe(200)
    expectProblem(
      await stranger.post('/v1/auth/password/reset', { token, password: 'Third-Crane-9' }),
      422,
      'invalid-token',
    )
  })

  test('link is good once, however many use it at the same moment', { timeout: 60_000 }, async () => {
    const { id, email, username } = await registerMember()
    const token = await forget(email)
    const passwords = Array.from({ length: 20 }, (_, at) => `Grey-Heron-${at}!`)
    const answers = await Promise.all(
      passwords.map(async (password) => (await openBrowser()).post('/v1/auth/password/reset', { token, password })),
    )
    const winners = passwords.filter((_, at) => answers[at]!.status === 204)
    expect(winners).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(19)
    expect(await tryPassword(username, winners[0]!)).toBe(200)
    expect((await memberRow(id)).failed_sign_ins).toBe(0)
  })

  test('link is void after an hour, after a newer one, and after a change of address', async () => {
    const { id, email, client } = await registerMember()
    const older = await forget(email)
    const newer = await forget(email)
    const reset = (token: string) => client.post('/v1/auth/password/reset', { token, password: ANOTHER_PASSWORD })
    expectProblem(await reset(older), 422, 'invalid-token')
    await db`UPDATE one_time_tokens SET expires_at = now() - interval '1 second' WHERE member_id = ${id}`
    expectProblem(await reset(newer), 422, 'invalid-token')
    const third = await forget(email)
    expect((await client.patch('/v1/account/email', { email: `new-${email}`, password: PASSWORD })).status).toBe(200)
    const token = await emailedToken(`new-${email}`, 'email_verification')
    expect((await client.post('/v1/auth/email/verify', { token })).status).toBe(204)
    expectProblem(await reset(third), 422, 'invalid-token')
    expectProblem(await reset('x'), 422, 'invalid-token')
  })

  test('is not replaced by a weak one, and the link stays good', async () => {
    const { email, client, username } = await registerMember()
    const token = await forget(email)
    const weak = await client.post('/v1/auth/password/reset', { token, password: `${username}A!` })
    expect(expectProblem(weak, 422, 'password-too-weak').errors).toMatchObject([{ code: 'too-similar' }])
    expect((await client.post('/v1/auth/password/reset', { token, password: ANOTHER_PASSWORD })).status).toBe(204)
  })

  test('is reset although the answer of the database was lost', async () => {
    const { email, username } = await registerMember()
    const token = await forget(email)
    await failDatabase('UPDATE one_time_tokens', 'after_commit')
    const reset = await (await openBrowser()).post('/v1/auth/password/reset', { token, password: ANOTHER_PASSWORD })
    await clearDatabaseFaults()
    expect(reset.status).toBe(204)
    expect(await tryPassword(username, ANOTHER_PASSWORD)).toBe(200)
  })

  test('token is stored as a digest only', async () => {
    const { id, email } = await registerMember()
    const token = await forget(email)
    const rows = await db`SELECT * FROM one_time_tokens WHERE member_id = ${id}`
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})

describe('changing the password', () => {
  test('is told to the owner with a way back, and makes links for a reset that were sent before useless', async () => {
    const { client, email, username } = await registerMember()
    const before = await forget(email)
    const change = { current_password: PASSWORD, password: ANOTHER_PASSWORD }
    expect((await client.post('/v1/account/password', change)).status).toBe(204)
    const reset = async (token: string) =>
      (await openBrowser()).post('/v1/auth/password/reset', { token, password: PASSWORD })
    expectProblem(await reset(before), 422, 'invalid-token')
    expect((await reset(await emailedToken(email, 'password_changed'))).status).toBe(204)
    expect(await tryPassword(username, PASSWORD)).toBe(200)
    expect(
      await db`SELECT 1 FROM email_outbox WHERE to_address = ${email} AND em_cd = 'password_changed'`,
    ).toHaveLength(2)
  })

  test('needs the current one, ends the other sessions and takes two round trips', async () => {
    const { client, id, username } = await registerMember()
    const elsewhere = await signInElsewhere(username)
    const wrong = { current_password: 'Wrong-Heron-1', password: ANOTHER_PASSWORD }
    expectProblem(await client.post('/v1/account/password', wrong), 401, 'invalid-credentials')
    const failures = async () =>
      (await db`SELECT failed_sign_ins FROM known_devices WHERE member_id = ${id} ORDER BY created_at`)[0]
    expect(await failures()).toEqual({ failed_sign_ins: 1 })
    const right = { current_password: PASSWORD, password: ANOTHER_PASSWORD }
    const { result, roundTrips } = await countRoundTrips(() => client.post('/v1/account/password', right))
    expect({ status: result.status, roundTrips }).toEqual({ status: 204, roundTrips: 2 })
    expect((await client.get('/v1/account/sessions')).json.items).toHaveLength(1)
    expectProblem(await elsewhere.get('/v1/account/sessions'), 401, 'session-ended')
    expectProblem(await elsewhere.post('/v1/account/password', right), 401, 'session-ended')
    expect(await tryPassword(username, PASSWORD)).toBe(401)
    expect(await tryPassword(username, ANOTHER_PASSWORD)).toBe(200)
    expect(await failures()).toEqual({ failed_sign_ins: 0 })
  })

  test('to a weak one is refused and counts no failed attempt', async () => {
    const { client, id } = await registerMember()
    const answer = await client.post('/v1/account/password', { current_password: PASSWORD, password: 'Iloveyou!' })
    expect(expectProblem(answer, 422, 'password-too-weak').errors).toMatchObject([{ code: 'too-common' }])
    expect((await memberRow(id)).failed_sign_ins).toBe(0)
  })

  test('while signing in with the old one never leaves a session of the old one', { timeout: 60_000 }, async () => {
    const { client, id, username } = await registerMember()
    const [{ json }] = [await client.get('/v1/account/sessions')]
    const current = json.items[0].id
    const signIns = Array.from({ length: 5 }, () => tryPassword(username, PASSWORD))
    const change = client.post('/v1/account/password', { current_password: PASSWORD, password: ANOTHER_PASSWORD })
    await Promise.all(signIns)
    expect((await change).status).toBe(204)
    const live = (await sessionsOf(id)).filter((row) => row.ended_at === null)
    expect(live.map((row) => row.id)).toEqual([current])
  })
})

describe('a password that is known from a breach', () => {
  const url = inject('pwnedUrl')
  const breached = { PWNED_PASSWORDS_URL: url }
  const control = (mode: 'answer' | 'fail' | 'hang') =>
    fetch(new URL('/_control', url), {
      method: 'PUT',
      body: JSON.stringify({ mode }),
      headers: { 'Content-Type': 'application/json' },
    })

  afterEach(() => control('answer'))

  const registerWith = async (password: string, overrides: Record<string, unknown> = breached) =>
    (await openBrowser(overrides)).post('/v1/auth/register', { ...registration(), password })

  test('is refused at registration, change and reset; one that only looks like it is not', async () => {
    const known = 'Moss-Lantern-1999'
    const answer = await registerWith(known)
    expect(expectProblem(answer, 422, 'password-too-weak').errors).toMatchObject([
      { field: 'password', code: 'breached' },
    ])
    const { client, email } = await registerMember(await openBrowser(breached))
    const change = await client.post('/v1/account/password', { current_password: PASSWORD, password: known })
    expectProblem(change, 422, 'password-too-weak')
    const reset = await client.post('/v1/auth/password/reset', { token: await forget(email), password: known })
    expectProblem(reset, 422, 'password-too-weak')
    expect((await registerWith('Moss-Lantern-1998')).status).toBe(201)
  })

  test.each(['fail', 'hang'] as const)('is let pass while the service does not answer: %s', async (mode) => {
    await control(mode)
    const start = Date.now()
    expect((await registerWith('Moss-Lantern-1999')).status).toBe(201)
    expect(Date.now() - start).toBeLessThan(5_000)
  })

  test('is not asked for without a service', async () => {
    expect((await registerWith('Moss-Lantern-1999', {})).status).toBe(201)
  })
})
