import { beforeEach, describe, expect, test, vi } from 'vitest'
import { expectProblem } from '../support/client.ts'
import { db } from '../support/shop.ts'
import { ANOTHER_PASSWORD, emailedToken, memberRow, newName, openBrowser, PASSWORD, registerMember } from './support.ts'

const info = vi.spyOn(console, 'info')

/** What the log says became of the attempts since the test began. */
function reasons(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [line] of info.mock.calls) {
    const { event, reason } = JSON.parse(String(line))
    if (event === 'password-refused') counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

const WRONG = 'Wrong-Heron-42'

const attempt = async (login: string, password = WRONG) =>
  (await openBrowser()).post('/v1/auth/login', { login, password })

const noticesTo = (email: string) =>
  db`SELECT * FROM email_outbox WHERE to_address = ${email} AND em_cd = 'account_locked'`

beforeEach(() => {
  info.mockClear()
})

describe('ten wrong passwords in a row', () => {
  test(
    'lock the account: of 200 at once from 200 addresses ten are compared, and the owner is told once',
    { timeout: 120_000 },
    async () => {
      const { id, username, email } = await registerMember()
      const answers = await Promise.all(Array.from({ length: 200 }, () => attempt(username)))
      for (const answer of answers) expectProblem(answer, 401, 'invalid-credentials')
      expect(reasons()).toEqual({ 'wrong-password': 10, locked: 190 })
      const row = await memberRow(id)
      expect(row.failed_sign_ins).toBe(10)
      expect(Date.parse(row.locked_until)).toBeGreaterThan(Date.now() + 13 * 60_000)
      expect(await noticesTo(email)).toHaveLength(1)
    },
  )

  test('shut out the right password too, until the lock is over', { timeout: 60_000 }, async () => {
    const { id, username } = await registerMember()
    for (let count = 0; count < 10; count++) await attempt(username)
    expectProblem(await attempt(username, PASSWORD), 401, 'invalid-credentials')
    await db`UPDATE members SET locked_until = now() - interval '1 second' WHERE id = ${id}`
    expectProblem(await attempt(username), 401, 'invalid-credentials')
    expect(await memberRow(id)).toMatchObject({ failed_sign_ins: 1, locked_until: null })
    expect((await attempt(username, PASSWORD)).status).toBe(200)
    expect(await memberRow(id)).toMatchObject({ failed_sign_ins: 0, locked_until: null })
  })

  test('send a link with which the owner opens the account again', { timeout: 60_000 }, async () => {
    const { username, email } = await registerMember()
    for (let count = 0; count < 10; count++) await attempt(username)
    const token = await emailedToken(email, 'account_locked')
    const client = await openBrowser()
    expect((await client.post('/v1/auth/password/reset', { token, password: ANOTHER_PASSWORD })).status).toBe(204)
    expect((await attempt(username, ANOTHER_PASSWORD)).status).toBe(200)
  })

  test('are nine and a right one: nobody is locked out or written to', { timeout: 60_000 }, async () => {
    const { id, username, email } = await registerMember()
    for (let count = 0; count < 9; count++) await attempt(username)
    expect((await attempt(username, PASSWORD)).status).toBe(200)
    expect(await memberRow(id)).toMatchObject({ failed_sign_ins: 0, locked_until: null })
    expect(await noticesTo(email)).toEqual([])
    const tokens = await db`SELECT 1 FROM one_time_tokens WHERE member_id = ${id} AND purpose = 'reset_password'`
    expect(tokens).toEqual([])
  })

  test('count for the password that a session asks for as well', { timeout: 60_000 }, async () => {
    const { client, username } = await registerMember()
    const change = { current_password: WRONG, password: ANOTHER_PASSWORD }
    for (let count = 0; count < 10; count++) await client.post('/v1/account/password', change)
    expectProblem(await attempt(username, PASSWORD), 401, 'invalid-credentials')
  })
})

test('what is refused and why stands in the log, without name, address or password', async () => {
  const { username, email } = await registerMember()
  await attempt(username)
  await attempt(email)
  await attempt(newName())
  expect(reasons()).toEqual({ 'wrong-password': 2, 'unknown-account': 1 })
  const lines = JSON.stringify(info.mock.calls)
  for (const secret of [WRONG, PASSWORD, email, username]) expect(lines).not.toContain(secret)
})
