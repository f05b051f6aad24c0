import fc from 'fast-check'
import { expect, vi } from 'vitest'
import { FAILED_SIGN_INS_MAX } from '../../../../src/features/passwords/rules.ts'
import { emailedToken } from '../../../worker/support/accounts.ts'
import type { Client } from '../../../worker/support/client.ts'
import * as model from './session-model.ts'
import { jarOf, memberOf, type Model } from './session-model.ts'

export const MEMBERS = 2
export const BROWSERS = 4
const PASSWORDS = ['Grey-Heron-42', 'Blue_Otter-17', 'Slow%Badger-99']

/** The system under test: browsers, and the names of the members. */
export type Real = { browsers: Client[]; names: string[] }

type Step = { name: string; run: (m: Model, real: Real) => Promise<void>; check?: (m: Model) => boolean }

/** Fast-check's command, which writes itself out when the walk has failed. */
const command = ({ name, run, check = () => true }: Step): fc.AsyncCommand<Model, Real> => ({
  check,
  run,
  toString: () => name,
})

const browserOf = ({ browsers }: Real, at: number): Client => browsers[at]!
const emailOf = ({ names }: Real, member: number): string => `${names[member]}@example.com`

/** The session that a browser has just been given. */
const sessionIn = (client: Client): string => (client.cookies.get('mercat_refresh') ?? '').split('.')[0]!

/** A lock would need a model of its own; it has tests of its own. */
const isFarFromLocked = (m: Model): boolean =>
  m.members.every(({ failures: { elsewhere, at } }) => Math.max(elsewhere, ...at.values()) < FAILED_SIGN_INS_MAX - 2)

// Without any tokens little can happen, and the refusal suite tries it for every route.
const hasTokens = (m: Model, browser: number): boolean => jarOf(m, browser).refresh !== undefined
const hasAccess = (m: Model, browser: number): boolean => (jarOf(m, browser).access?.expiresAt ?? 0) > m.now

const post = async (client: Client, path: string, json?: unknown): Promise<number> =>
  (await client.post(path, json)).status

const register = (browser: number, member: number, password: string) =>
  command({
    name: `register(browser ${browser}, member ${member})`,
    async run(m, real) {
      const client = browserOf(real, browser)
      const owner = memberOf(m, member)
      const given = { username: real.names[member], email: emailOf(real, member), password, newsletter: false }
      expect(await post(client, '/v1/auth/register', given)).toBe(owner.exists ? 409 : 201)
      if (owner.exists) return
      m.members[member] = { exists: true, password, resetTokens: [], failures: model.noFailures(browser) }
      model.openSession(m, browser, member, sessionIn(client))
    },
  })

const signIn = (browser: number, member: number, password: string | undefined) =>
  command({
    name: `signIn(browser ${browser}, member ${member}, ${password ?? 'right password'})`,
    check: isFarFromLocked,
    async run(m, real) {
      const client = browserOf(real, browser)
      const owner = memberOf(m, member)
      const tried = password ?? (owner.password || 'none')
      const isRight = model.tryPassword(owner, browser, tried)
      const given = { login: emailOf(real, member).toUpperCase(), password: tried }
      expect(await post(client, '/v1/auth/login', given)).toBe(isRight ? 200 : 401)
      if (!isRight) return
      owner.failures.at.set(browser, 0)
      model.openSession(m, browser, member, sessionIn(client))
    },
  })

const refresh = (browser: number) =>
  command({
    name: `refresh(browser ${browser})`,
    check: (m) => hasTokens(m, browser),
    async run(m, real) {
      expect(await post(browserOf(real, browser), '/v1/auth/refresh')).toBe(model.refresh(m, browser))
    },
  })

/** Two tabs, or two browsers with the same tokens, at the same moment: as if in one order or in the other. */
const refreshBoth = (one: number, other: number) =>
  command({
    name: `refreshBoth(browsers ${one} and ${other})`,
    check: (m) => hasTokens(m, one) && hasTokens(m, other),
    async run(m, real) {
      const statuses = await Promise.all(
        [one, other].map((browser) => post(browserOf(real, browser), '/v1/auth/refresh')),
      )
      const orders = [
        [one, other],
        [other, one],
      ].map((order) => {
        const after = structuredClone(m)
        const before = jarOf(m, one)
        const byBrowser = order.map((browser, turn) => {
          // The second tab has sent what the browser had before the first one was answered.
          if (one === other && turn === 1) after.jars[one] = before
          return [browser, model.refresh(after, browser)] as const
        })
        return { after, expected: [one, other].map((browser) => new Map(byBrowser).get(browser)) }
      })
      const fitting = orders.find(({ expected }) => String(expected) === String(statuses))
      expect(orders.map(({ expected }) => expected)).toContainEqual(statuses)
      if (fitting !== undefined) Object.assign(m, fitting.after)
    },
  })

const signOut = (browser: number) =>
  command({
    name: `signOut(browser ${browser})`,
    check: (m) => hasTokens(m, browser),
    async run(m, real) {
      expect(await post(browserOf(real, browser), '/v1/auth/logout')).toBe(model.signOut(m, browser))
    },
  })

const signOutEverywhere = (browser: number) =>
  command({
    name: `signOutEverywhere(browser ${browser})`,
    check: (m) => hasTokens(m, browser),
    async run(m, real) {
      expect(await post(browserOf(real, browser), '/v1/auth/logout-all')).toBe(model.signOutEverywhere(m, browser))
    },
  })

const endSession = (browser: number, at: number) =>
  command({
    name: `endSession(browser ${browser}, session ${at})`,
    check: (m) => hasAccess(m, browser),
    async run(m, real) {
      const ids = Object.keys(m.sessions)
      const id = ids[at % ids.length]!
      const { status } = await browserOf(real, browser).delete(`/v1/account/sessions/${id}`)
      expect(status).toBe(model.endSession(m, browser, id))
    },
  })

const changePassword = (browser: number, isRight: boolean, password: string) =>
  command({
    name: `changePassword(browser ${browser}, ${isRight ? 'right' : 'wrong'} password, ${password})`,
    check: (m) => isFarFromLocked(m) && hasAccess(m, browser),
    async run(m, real) {
      const caller = model.callerOf(m, jarOf(m, browser))
      const current = isRight && caller !== undefined ? memberOf(m, caller.session.member).password : 'wrong'
      const status = await post(browserOf(real, browser), '/v1/account/password', {
        current_password: current,
        password,
      })
      expect(status).toBe(model.changePassword(m, browser, current, password))
    },
  })

const forgetPassword = (browser: number, member: number) =>
  command({
    name: `forgetPassword(browser ${browser}, member ${member})`,
    async run(m, real) {
      const email = emailOf(real, member)
      expect(await post(browserOf(real, browser), '/v1/auth/password/forgot', { login: email })).toBe(202)
      if (memberOf(m, member).exists) model.noteResetToken(m, member, await emailedToken(email, 'password_reset'))
    },
  })

const resetPassword = (browser: number, member: number, at: number, password: string) =>
  command({
    name: `resetPassword(browser ${browser}, member ${member}, ${at === 0 ? 'newest link' : 'an older link'})`,
    check: (m) => memberOf(m, member).resetTokens.length > at,
    async run(m, real) {
      const token = memberOf(m, member).resetTokens.at(-1 - at)?.token ?? ''
      const status = await post(browserOf(real, browser), '/v1/auth/password/reset', { token, password })
      expect(status).toBe(model.resetPassword(m, { browser, member, token, password }))
    },
  })

const deleteAccount = (browser: number, isRight: boolean) =>
  command({
    name: `deleteAccount(browser ${browser}, ${isRight ? 'right' : 'wrong'} password)`,
    check: (m) => isFarFromLocked(m) && hasAccess(m, browser),
    async run(m, real) {
      const caller = model.callerOf(m, jarOf(m, browser))
      const password = isRight && caller !== undefined ? memberOf(m, caller.session.member).password : 'wrong'
      const status = await post(browserOf(real, browser), '/v1/account/delete', { password })
      expect(status).toBe(model.deleteAccount(m, browser, password))
    },
  })

/** Another browser gets hold of the tokens: by theft, or because two tabs are two browsers here. */
const copyTokens = (from: number, to: number) =>
  command({
    name: `copyTokens(from ${from} to ${to})`,
    check: (m) => from !== to && hasTokens(m, from),
    async run(m, real) {
      m.jars[to] = structuredClone(jarOf(m, from))
      for (const name of ['mercat_access', 'mercat_refresh']) {
        const value = browserOf(real, from).cookies.get(name)
        if (value === undefined) browserOf(real, to).cookies.delete(name)
        else browserOf(real, to).cookies.set(name, value)
      }
    },
  })

const wait = (seconds: number) =>
  command({
    name: `wait(${seconds} s)`,
    async run(m) {
      m.now += seconds * 1_000
      vi.setSystemTime(m.now)
    },
  })

const browser = fc.nat(BROWSERS - 1)
const member = fc.nat(MEMBERS - 1)
const password = fc.constantFrom(...PASSWORDS)

const A_MINUTE = 60
const A_DAY = 86_400
/** Past the grace of a refresh, an access token, a link for a new password, a session; and within each. */
const waits = fc.constantFrom(
  1,
  5,
  5,
  5,
  11,
  11,
  11,
  11,
  10 * A_MINUTE,
  16 * A_MINUTE,
  61 * A_MINUTE,
  6 * A_DAY,
  8 * A_DAY,
)

type Steps = fc.Arbitrary<fc.AsyncCommand<Model, Real>>

const steps = {
  register: fc.tuple(browser, member, password).map((given) => register(...given)),
  signIn: fc.tuple(browser, member).map((given) => signIn(...given, undefined)),
  guess: fc.tuple(browser, member, password).map((given) => signIn(...given)),
  refresh: browser.map(refresh),
  refreshBoth: fc.tuple(browser, browser).map((given) => refreshBoth(...given)),
  copyTokens: fc.tuple(browser, browser).map((given) => copyTokens(...given)),
  signOut: browser.map(signOut),
  signOutEverywhere: browser.map(signOutEverywhere),
  endSession: fc.tuple(browser, fc.nat(20)).map((given) => endSession(...given)),
  changePassword: fc.tuple(browser, fc.boolean(), password).map((given) => changePassword(...given)),
  forgetPassword: fc.tuple(browser, member).map((given) => forgetPassword(...given)),
  resetPassword: fc.tuple(browser, member, fc.nat(1), password).map((given) => resetPassword(...given)),
  deleteAccount: fc.tuple(browser, fc.boolean()).map((given) => deleteAccount(...given)),
  wait: waits.map(wait),
}

/** Both members in a browser each, and then anything; what keeps sessions going comes more often than what ends them. */
export const walk = fc
  .tuple(
    fc.tuple(password, password),
    fc.commands(
      [
        ...Object.values(steps),
        ...Array<Steps>(2).fill(steps.signIn),
        ...Array<Steps>(8).fill(steps.refresh),
        ...Array<Steps>(5).fill(steps.copyTokens),
        ...Array<Steps>(3).fill(steps.refreshBoth),
        ...Array<Steps>(3).fill(steps.wait),
        steps.endSession,
        steps.resetPassword,
      ],
      { maxCommands: 200, size: 'max' },
    ),
  )
  .map(([passwords, commands]) => ({
    beginning: passwords.map((given, at) => register(at, at, given)),
    commands,
  }))
