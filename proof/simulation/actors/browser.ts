import { signAccessToken } from '../../../src/shared/access-token.ts'
import { MEMBERS } from '../shop.ts'
import { API, SESSION_KEY, type Platform } from '../world/platform.ts'
import type { World } from '../world/world.ts'

export type Answer = { status: number; json: Record<string, unknown> }

const ATTEMPTS = 4
const TOKEN_LIVES_MS = 10 * 60_000

/** A customer's side of HTTP: cookies and token of a visitor, or the Bearer token of a member. Tries again what failed. */
export class Browser {
  readonly #world: World
  readonly #platform: Platform
  readonly #name: string
  readonly #address: string
  readonly #member: (typeof MEMBERS)[number] | undefined
  readonly #cookies = new Map<string, string>()
  #csrf = ''
  #bearer = { token: '', at: Number.NEGATIVE_INFINITY }
  #requests = 0

  constructor(world: World, platform: Platform, given: { name: string; number: number; member: number | null }) {
    this.#world = world
    this.#platform = platform
    this.#name = given.name
    this.#address = `192.0.2.${given.number + 1}`
    this.#member = given.member === null ? undefined : MEMBERS[given.member]
  }

  /** Sends until something other than a failure comes back; undefined when patience ends first. */
  async send(method: string, path: string, given: { json?: unknown; key?: string } = {}): Promise<Answer | undefined> {
    if (this.#member === undefined && this.#csrf === '') await this.#fetchToken()
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#once(method, path, given)
      if (answer !== undefined && answer.status < 500) return answer
      if (attempt === ATTEMPTS) return answer
      await this.#world.clock.sleep(this.#world.chance.between(300, 8_000, `${this.#name} ${this.#requests} again`))
    }
  }

  async #fetchToken(): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS && this.#csrf === ''; attempt++) {
      const answer = await this.#once('GET', '/v1/auth/csrf', {})
      if (answer?.status === 200) this.#csrf = String(answer.json['csrf_token'])
    }
  }

  async #once(
    method: string,
    path: string,
    { json, key }: { json?: unknown; key?: string },
  ): Promise<Answer | undefined> {
    const number = this.#requests++
    const headers = new Headers({ 'cf-connecting-ip': this.#address })
    if (json !== undefined) headers.set('content-type', 'application/json')
    if (key !== undefined) headers.set('idempotency-key', key)
    if (this.#member !== undefined) headers.set('authorization', `Bearer ${await this.#token(this.#member)}`)
    if (this.#cookies.size > 0) headers.set('cookie', [...this.#cookies].map((pair) => pair.join('=')).join('; '))
    if (this.#csrf !== '') headers.set('x-csrf-token', this.#csrf)
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    const request = new Request(`${API}${path}`, { method, headers, ...body })
    const response = await this.#platform.fetch('customer', request, `${this.#name} request ${number}`)
    if (response === undefined) {
      this.#world.story.tell(this.#name, `${method} ${path} → connection lost`)
      return undefined
    }
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      this.#cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const text = await response.text()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every JSON body of the API is an object
    const answer = { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as Answer['json'] }
    if (answer.json['code'] === 'internal-error') this.#world.violate(`${this.#name}: ${method} ${path} failed`)
    this.#world.story.tell(
      this.#name,
      `${method} ${path} → ${answer.status}${answer.status >= 400 ? ` ${String(answer.json['code'])}` : ''}`,
    )
    return answer
  }

  async #token({ memberId, sessionId }: (typeof MEMBERS)[number]): Promise<string> {
    const { clock } = this.#world
    if (clock.now() - this.#bearer.at > TOKEN_LIVES_MS) {
      const key = { kid: SESSION_KEY.kid, secret: new TextEncoder().encode(SESSION_KEY.secret) }
      const token = await clock.inTurn(() =>
        signAccessToken([key], API, { memberId, sessionId }, new Date(clock.now())),
      )
      this.#bearer = { token, at: clock.now() }
    }
    return this.#bearer.token
  }
}
