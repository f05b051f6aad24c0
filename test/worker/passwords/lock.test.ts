import { beforeEach, describe, expect, test, vi } from 'vitest'
import { expectProblem } from '../support/client.ts'
import { db } from '../support/shop.ts'
import {
  ANOTHER_PASSWORD,
  cookieOf,
  emailedToken,
  memberRow,
  newName,
  openBrowser,
  PASSWORD,
  registerMember,
  signInElsewhere,
} from '../support/accounts.ts'

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

const waitIsOver = (id: string) => db`UPDATE members SET locked_until = now() - interval '1 second' WHERE id = ${id}`

/** Minutes until the next attempt is compared. */
async function minutesLocked(id: string): Promise<number> {
  const { locked_until } = await memberRow(id)
  return locked_until === null ? 0 : Math.round((Date.parse(locked_until) - Date.now()) / 60_000)
}

describe('ten wrong passwords in a row', () => {
  test(
    'lock the account: of 200 at once from 200 addresses ten are compared, and the owner is told once',
    { timeout: 120_000 },
    async () => {
      const { id, username, email } = await registerMember()
      const answers = await Promise.all(Array.from({ length: 200 }, () => attempt(username)))
      for (const answer of answers) expectProblem(answer, 401, 'invalid-credentials')
      expect(reasons()).toEqual({ 'wrong-password': 10, locked: 190 })
      expect((await memberRow(id)).failed_sign_ins).toBe(10)
      expect(await minutesLocked(id)).toBe(1)
      expect(await noticesTo(email)).toHaveLength(1)
    },
  )

  test('shut out the right password too, until the wait is over', { timeout: 60_000 }, async () => {
    const { id, username } = await registerMember()
    for (let count = 0; count < 10; count++) await attempt(username)
    expectProblem(await attempt(username, PASSWORD), 401, 'invalid-credentials')
    await waitIsOver(id)
    expect((await attempt(username, PASSWORD)).status).toBe(200)
    expect(await memberRow(id)).toMatchObject({ failed_sign_ins: 0, locked_until: null })
  })

  test(
    'make each further one wait twice as long, up to an hour, and one alone is compared',
    { timeout: 60_000 },
    async () => {
      const { id, username, email } = await registerMember()
      await db`UPDATE members SET failed_sign_ins = 9 WHERE id = ${id}`
      const waits: number[] = []
      for (let count = 0; count < 8; count++) {
        info.mockClear()
        await Promise.all(Array.from({ length: 5 }, () => attempt(username)))
        expect(reasons()).toEqual({ 'wrong-password': 1, locked: 4 })
        waits.push(await minutesLocked(id))
        await waitIsOver(id)
      }
      expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
      expect(await noticesTo(email)).toHaveLength(1)
    },
  )

  test('are forgotten a day after the last wait has ended', async () => {
    const { id, username } = await registerMember()
    await db`UPDATE members SET failed_sign_ins = 17, locked_until = now() - interval '25 hours' WHERE id = ${id}`
    await attempt(username)
    expect(await memberRow(id)).toMatchObject({ failed_sign_ins: 1, locked_until: null })
  })

  test('send a link with which the owner opens the account again', { timeout: 60_000 }, async () => {
    const { username, email } = await registerMember()
    for (let count = 0; count < 10; count++) await attempt(username)
    const token = await emailedToken(email, 'account_locked')
    const client = await openBrowser()
    expect((await client.post('/v1/auth/password/reset', { token, password: ANOTHER_PASSWORD })).status).toBe(204)
    for (let count = 0; count < 10; count++) await attempt(username)
    const again = await client.post('/v1/auth/login', { login: username, password: ANOTHER_PASSWORD })
    expect(again.status).toBe(200)
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
})

describe('a browser on which the member has signed in before', () => {
  test('lets its owner in whatever is tried elsewhere, which goes on waiting', { timeout: 60_000 }, async () => {
    const { client, id, username } = await registerMember()
    await client.post('/v1/auth/logout')
    await Promise.all(Array.from({ length: 30 }, () => attempt(username)))
    expect((await client.post('/v1/auth/login', { login: username, password: PASSWORD })).status).toBe(200)
    expect((await memberRow(id)).failed_sign_ins).toBe(10)
    expectProblem(await attempt(username, PASSWORD), 401, 'invalid-credentials')
  })

  test('is counted by itself, as exactly, and locks nobody out elsewhere', { timeout: 60_000 }, async () => {
    const { client, id, username } = await registerMember()
    await Promise.all(
      Array.from({ length: 40 }, () => client.post('/v1/auth/login', { login: username, password: WRONG })),
    )
    expect(reasons()).toEqual({ 'wrong-password': 10, locked: 30 })
    const [device] = await db`SELECT failed_sign_ins FROM known_devices WHERE member_id = ${id}`
    expect(device).toEqual({ failed_sign_ins: 10 })
    expectProblem(
      await client.post('/v1/auth/login', { login: username, password: PASSWORD }),
      401,
      'invalid-credentials',
    )
    expect((await attempt(username, PASSWORD)).status).toBe(200)
  })

  test('counts the password that a session asks for as well', { timeout: 60_000 }, async () => {
    const { client } = await registerMember()
    const change = { current_password: WRONG, password: ANOTHER_PASSWORD }
    for (let count = 0; count < 10; count++) await client.post('/v1/account/password', change)
    const right = { current_password: PASSWORD, password: ANOTHER_PASSWORD }
    expectProblem(await client.post('/v1/account/password', right), 401, 'invalid-credentials')
  })

  test('is known for the accounts that signed in on it alone, by a cookie that nobody can make', async () => {
    const [owner, other] = [await registerMember(), await registerMember()]
    await attempt(owner.username)
    await other.client.post('/v1/auth/login', { login: owner.username, password: WRONG })
    expect((await memberRow(owner.id)).failed_sign_ins).toBe(2)
    const forger = await openBrowser()
    const [id = ''] = decodeURIComponent(cookieOf(owner.client, 'mercat_device') ?? '').split('.')
    for (const value of [id, `${id}.${'A'.repeat(43)}=`]) {
      forger.cookies.set('mercat_device', encodeURIComponent(value))
      await forger.post('/v1/auth/login', { login: owner.username, password: WRONG })
    }
    expect((await memberRow(owner.id)).failed_sign_ins).toBe(4)
  })

  test('is known no more once the password was changed elsewhere or reset', { timeout: 60_000 }, async () => {
    const { client, id, username } = await registerMember()
    const elsewhere = await signInElsewhere(username)
    const change = { current_password: PASSWORD, password: ANOTHER_PASSWORD }
    expect((await elsewhere.post('/v1/account/password', change)).status).toBe(204)
    await client.post('/v1/auth/login', { login: username, password: WRONG })
    expect((await memberRow(id)).failed_sign_ins).toBe(1)
    await elsewhere.post('/v1/auth/login', { login: username, password: WRONG })
    expect((await memberRow(id)).failed_sign_ins).toBe(1)
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
