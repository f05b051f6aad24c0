import { describe, expect, test } from 'vitest'
import { FAILED_SIGN_INS_MAX } from '../../../src/features/passwords/rules.ts'
import { createKv, statuses } from '../http/kv.ts'
import { cookieOf, memberRow, openBrowser, PASSWORD, registerMember, sessionsOf } from '../support/accounts.ts'
import { createClient, expectProblem } from '../support/client.ts'

const down = () => Promise.reject(new Error('down'))

describe('a hundred sign-ins at once', () => {
  const many = (call: (at: number) => Promise<{ status: number }>) =>
    Promise.all(Array.from({ length: 100 }, (_, at) => call(at)))

  test('from one address with the right password: five are let in, and no more are even compared', async () => {
    const { id, username } = await registerMember()
    const browser = await openBrowser({ RATE_LIMITS: 'on', RATE_LIMIT_KV: createKv() })
    const answers = await many(() => browser.post('/v1/auth/login', { login: username, password: PASSWORD }))
    expect(statuses(answers)).toEqual({ 200: 5, 429: 95 })
    expect(await sessionsOf(id)).toHaveLength(1 + 5)
  })

  test('with wrong passwords while KV and bindings are down: the account locks as ever', async () => {
    const { id, username } = await registerMember()
    const browser = await openBrowser({
      RATE_LIMITS: 'on',
      RATE_LIMIT_KV: createKv({ get: down, put: down }),
      BURST_5: { limit: down },
    })
    const guess = (password: string, at: number) =>
      browser.post('/v1/auth/login', { login: username, password }, { 'CF-Connecting-IP': `192.0.2.${at}` })
    const answers = await Promise.all(Array.from({ length: FAILED_SIGN_INS_MAX + 5 }, (_, at) => guess('wrong', at)))
    expect(statuses(answers)).toEqual({ 401: FAILED_SIGN_INS_MAX + 5 })
    expect((await memberRow(id)).failed_sign_ins).toBe(FAILED_SIGN_INS_MAX)
    expectProblem(await guess(PASSWORD, 99), 401, 'invalid-credentials')
  })
})

describe('the CSRF token', () => {
  test.each(['http://shop.test', 'https://shop.test'])(
    'on %s stays good across registering, refreshing, signing out and in',
    async (origin) => {
      const browser = await openBrowser({}, { origin })
      const token = cookieOf(browser, 'csrf_token')
      const { username } = await registerMember(browser)
      expect((await browser.patch('/v1/account', { first_name: 'Jane' })).status).toBe(200)
      expect((await browser.post('/v1/auth/refresh')).status).toBe(200)
      expect((await browser.post('/v1/auth/logout')).status).toBe(204)
      expect((await browser.post('/v1/auth/login', { login: username, password: PASSWORD })).status).toBe(200)
      expect((await browser.patch('/v1/account', { first_name: 'Joan' })).status).toBe(200)
      expect(cookieOf(browser, 'csrf_token')).toBe(token)
      expect(await browser.csrf()).toBe(token)
    },
  )

  test('over HTTPS every cookie of a session and of a visitor keeps other hosts out', async () => {
    const browser = await openBrowser({}, { origin: 'https://shop.test' })
    await registerMember(browser)
    expect([...browser.cookies.keys()].toSorted()).toEqual([
      '__Host-csrf_token',
      '__Host-mercat_access',
      '__Host-mercat_device',
      '__Host-mercat_refresh',
      '__Host-mercat_visitor',
    ])
  })
})

describe('signing somebody in to an account that is not theirs', () => {
  const attempt = async (send: (login: { login: string; password: string }) => Promise<{ status: number }>) => {
    const { id, username } = await registerMember()
    const answer = await send({ login: username, password: PASSWORD })
    expect(await sessionsOf(id)).toHaveLength(1)
    return answer.status
  }

  test('does not work by a form of another site, with or without the cookies of the visitor', async () => {
    const victim = await openBrowser()
    for (const client of [createClient(), victim]) {
      const post = (login: object, type: string) =>
        client.call('POST', '/v1/auth/login', {
          body: JSON.stringify(login),
          headers: { 'Content-Type': type, Origin: 'http://evil.test', 'X-CSRF-Token': '' },
        })
      expect(await attempt((login) => post(login, 'text/plain'))).toBeGreaterThanOrEqual(400)
      expect(await attempt((login) => post(login, 'application/json'))).toBe(403)
    }
  })

  test("does not work with the attacker's own token", async () => {
    const victim = await openBrowser({}, { origin: 'https://shop.test' })
    const attacker = await openBrowser({}, { origin: 'https://shop.test' })
    const token = attacker.cookies.get('__Host-csrf_token') ?? ''
    victim.cookies.set('csrf_token', token)
    victim.cookies.set('mercat_visitor', attacker.cookies.get('__Host-mercat_visitor') ?? '')
    const status = await attempt((login) => victim.post('/v1/auth/login', login, { 'X-CSRF-Token': token }))
    expect(status).toBe(403)
  })
})
