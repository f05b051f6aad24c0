import { RESET_PASSWORD_HOURS } from '../../../../src/features/one-time-tokens/rules.ts'
import { REFRESH_GRACE_SECONDS, SESSION_DAYS } from '../../../../src/features/sessions/rules.ts'
import { ACCESS_TOKEN_SECONDS } from '../../../../src/shared/access-token.ts'

/** What the system should remember of a session: who, and which refresh token is the current one. */
type Session = { member: number; live: boolean; generation: number; rotatedAt: number; expiresAt: number }

/** Tokens that a browser keeps, whether they are any good or not. */
export type Jar = {
  access: { session: string; expiresAt: number } | undefined
  refresh: { session: string; generation: number } | undefined
}

type ResetToken = { token: string; usable: boolean; expiresAt: number }

/** Wrong passwords in a row: from each browser that the member is known in, and from all others together. */
type Failures = { elsewhere: number; at: Map<number, number> }

type Member = { exists: boolean; password: string; resetTokens: ResetToken[]; failures: Failures }

export const noFailures = (...knownBrowsers: number[]): Failures => ({
  elsewhere: 0,
  at: new Map(knownBrowsers.map((browser) => [browser, 0])),
})

/** Moments are milliseconds; members and browsers go by their numbers, sessions by their ids. */
export type Model = { now: number; members: Member[]; sessions: Record<string, Session>; jars: Jar[] }

export const emptyJar = (): Jar => ({ access: undefined, refresh: undefined })

export const createModel = (now: number, members: number, browsers: number): Model => ({
  now,
  members: Array.from({ length: members }, () => ({
    exists: false,
    password: '',
    resetTokens: [],
    failures: noFailures(),
  })),
  sessions: {},
  jars: Array.from({ length: browsers }, emptyJar),
})

export const memberOf = (model: Model, member: number): Member => {
  const found = model.members[member]
  if (found === undefined) throw new Error(`no member ${member}`)
  return found
}

export const jarOf = (model: Model, browser: number): Jar => {
  const found = model.jars[browser]
  if (found === undefined) throw new Error(`no browser ${browser}`)
  return found
}

const isLive = ({ now }: Model, session: Session | undefined): session is Session =>
  session !== undefined && session.live && session.expiresAt > now

/** The session that a browser's access token names, as long as the token has not expired. */
const namedSession = (model: Model, { access }: Jar): string | undefined =>
  access !== undefined && access.expiresAt > model.now ? access.session : undefined

/** The live session that a browser is signed in with. */
export function callerOf(model: Model, jar: Jar): { id: string; session: Session } | undefined {
  const id = namedSession(model, jar)
  const session = id === undefined ? undefined : model.sessions[id]
  return id !== undefined && isLive(model, session) ? { id, session } : undefined
}

export const liveSessionsOf = (model: Model, member: number): string[] =>
  Object.entries(model.sessions).flatMap(([id, session]) =>
    session.member === member && isLive(model, session) ? [id] : [],
  )

function endSessions(model: Model, member: number, except?: string): void {
  for (const [id, session] of Object.entries(model.sessions))
    if (session.member === member && id !== except) session.live = false
}

const voidResets = (member: Member): void => member.resetTokens.forEach((token) => (token.usable = false))

function putTokens(model: Model, browser: number, session: string, generation: number): void {
  const access = { session, expiresAt: model.now + ACCESS_TOKEN_SECONDS * 1_000 }
  model.jars[browser] = { access, refresh: { session, generation } }
}

/** After registering or signing in: `id` is the session that the system made. */
export function openSession(model: Model, browser: number, member: number, id: string): void {
  const expiresAt = model.now + SESSION_DAYS * 86_400_000
  model.sessions[id] = { member, live: true, generation: 0, rotatedAt: model.now, expiresAt }
  putTokens(model, browser, id, 0)
}

/** Uses the browser's refresh token, and answers the status to expect. */
export function refresh(model: Model, browser: number): number {
  const token = jarOf(model, browser).refresh
  if (token === undefined) return 401
  const session = model.sessions[token.session]
  const isCurrent = session?.generation === token.generation
  const isGrace =
    session?.generation === token.generation + 1 && session.rotatedAt > model.now - REFRESH_GRACE_SECONDS * 1_000
  if (isLive(model, session) && (isCurrent || isGrace)) {
    if (isCurrent) {
      session.generation += 1
      session.rotatedAt = model.now
      session.expiresAt = model.now + SESSION_DAYS * 86_400_000
    }
    putTokens(model, browser, token.session, token.generation + 1)
    return 200
  }
  if (isLive(model, session)) session.live = false
  model.jars[browser] = emptyJar()
  return 401
}

export function signOut(model: Model, browser: number): number {
  const jar = jarOf(model, browser)
  const session = model.sessions[namedSession(model, jar) ?? jar.refresh?.session ?? '']
  if (session !== undefined) session.live = false
  model.jars[browser] = emptyJar()
  return 204
}

export function signOutEverywhere(model: Model, browser: number): number {
  const caller = callerOf(model, jarOf(model, browser))
  if (caller === undefined) return 401
  endSessions(model, caller.session.member)
  model.jars[browser] = emptyJar()
  return 204
}

export function endSession(model: Model, browser: number, id: string): number {
  const caller = callerOf(model, jarOf(model, browser))
  const target = model.sessions[id]
  if (caller === undefined) return 401
  if (!isLive(model, target) || target.member !== caller.session.member) return 404
  target.live = false
  if (id === caller.id) model.jars[browser] = emptyJar()
  return 204
}

/** Counts an attempt as the account's lock does, and answers whether the password is right. */
export function tryPassword({ exists, password: right, failures }: Member, browser: number, password: string): boolean {
  const isRight = exists && right === password
  const known = failures.at.get(browser)
  if (known === undefined) failures.elsewhere = isRight ? 0 : failures.elsewhere + 1
  else failures.at.set(browser, isRight ? 0 : known + 1)
  return isRight
}

export function changePassword(model: Model, browser: number, current: string, password: string): number {
  const caller = callerOf(model, jarOf(model, browser))
  if (caller === undefined) return 401
  const member = memberOf(model, caller.session.member)
  if (!tryPassword(member, browser, current)) return 401
  member.password = password
  for (const other of member.failures.at.keys()) if (other !== browser) member.failures.at.delete(other)
  endSessions(model, caller.session.member, caller.id)
  voidResets(member)
  return 204
}

/** `token` is the one that was emailed. */
export function noteResetToken(model: Model, member: number, token: string): void {
  const owner = memberOf(model, member)
  voidResets(owner)
  owner.resetTokens.push({ token, usable: true, expiresAt: model.now + RESET_PASSWORD_HOURS * 3_600_000 })
}

export function resetPassword(
  model: Model,
  { browser, member, token, password }: { browser: number; member: number; token: string; password: string },
): number {
  const owner = memberOf(model, member)
  const known = owner.resetTokens.find((one) => one.token === token)
  if (known === undefined || !known.usable || known.expiresAt <= model.now) return 422
  voidResets(owner)
  owner.password = password
  owner.failures = noFailures(browser)
  endSessions(model, member)
  return 204
}

export function deleteAccount(model: Model, browser: number, password: string): number {
  const caller = callerOf(model, jarOf(model, browser))
  if (caller === undefined) return 401
  const member = memberOf(model, caller.session.member)
  if (!tryPassword(member, browser, password)) return 401
  member.exists = false
  voidResets(member)
  endSessions(model, caller.session.member)
  model.jars[browser] = emptyJar()
  return 204
}
