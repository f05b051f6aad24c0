import { z } from 'zod'
import { Browser } from '../../../dev/browser.ts'
import { signAccessToken } from '../../../src/shared/access-token.ts'
import { MEMBERS } from '../shop.ts'
import { API, SESSION_KEY, type Platform } from '../world/platform.ts'
import type { World } from '../world/world.ts'

export type Answer = { status: number; json: Record<string, unknown> }

const ATTEMPTS = 4
const TOKEN_LIVES_MS = 10 * 60_000

type Given = { json?: unknown; key?: string }

const csrfSchema = z.object({ csrf_token: z.string() })

class ConnectionLost extends Error {}

/** A visitor's browser, or one with the Bearer token of a member, in virtual time. Tries again what failed. */
export class PatientBrowser {
  readonly #world: World
  readonly #name: string
  readonly #member: (typeof MEMBERS)[number] | undefined
  readonly #browser: Browser
  #bearer = { token: '', at: Number.NEGATIVE_INFINITY }
  #requests = 0

  constructor(
    world: World,
    platform: Pick<Platform, 'fetch'>,
    given: { name: string; number: number; member: number | null },
  ) {
    this.#world = world
    this.#name = given.name
    this.#member = given.member === null ? undefined : MEMBERS[given.member]
    this.#browser = new Browser(API, {
      headers: { 'cf-connecting-ip': `192.0.2.${given.number + 1}` },
      send: async ({ url, ...call }) => {
        const request = new Request(url, call)
        const response = await platform.fetch('customer', request, `${given.name} request ${this.#requests++}`)
        if (response === undefined) throw new ConnectionLost()
        return { status: response.status, headers: response.headers, text: await response.text() }
      },
    })
  }

  /** Sends until something other than a failure comes back; undefined when patience ends first. */
  async send(method: string, path: string, given: Given = {}): Promise<Answer | undefined> {
    if (this.#member === undefined && this.#browser.csrfToken === undefined) await this.#fetchToken()
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#once(method, path, given)
      if (answer !== undefined && answer.status < 500) return answer
      if (attempt === ATTEMPTS) return answer
      await this.#world.clock.sleep(this.#world.chance.between(300, 8_000, `${this.#name} ${this.#requests} again`))
    }
  }

  /** Sends, and reads an answer that says yes; undefined for a refusal. Another form than `schema` is a violation. */
  async ask<T>(schema: z.ZodType<T>, method: string, path: string, given: Given = {}): Promise<T | undefined> {
    return this.#read(schema, `${method} ${path}`, await this.send(method, path, given))
  }

  #read<T>(schema: z.ZodType<T>, what: string, answer: Answer | undefined): T | undefined {
    if (answer === undefined || answer.status >= 300) return undefined
    const { data, error } = schema.safeParse(answer.json)
    if (error !== undefined)
      this.#world.violate(`${this.#name}: ${what} answered in another form: ${JSON.stringify(error.issues)}`)
    return data
  }

  async #fetchToken(): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS && this.#browser.csrfToken === undefined; attempt++) {
      const answer = await this.#once('GET', '/v1/auth/csrf', {})
      this.#browser.csrfToken = this.#read(csrfSchema, 'GET /v1/auth/csrf', answer)?.csrf_token
    }
  }

  async #once(method: string, path: string, { json, key }: Given): Promise<Answer | undefined> {
    const headers: Record<string, string> = {}
    if (key !== undefined) headers['idempotency-key'] = key
    if (this.#member !== undefined) headers['authorization'] = `Bearer ${await this.#token(this.#member)}`
    const { story } = this.#world
    const reply = await this.#browser.call(method, path, { json, headers }).catch((error: unknown) => {
      if (!(error instanceof ConnectionLost)) throw error
    })
    if (reply === undefined) {
      story.tell(this.#name, `${method} ${path} → connection lost`)
      return undefined
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every JSON body of the API is an object
    const answer = { status: reply.status, json: (reply.text === '' ? {} : reply.json) as Answer['json'] }
    if (answer.json['code'] === 'internal-error') this.#world.violate(`${this.#name}: ${method} ${path} failed`)
    const problem = answer.status >= 400 ? ` ${String(answer.json['code'])}` : ''
    story.tell(this.#name, `${method} ${path} → ${answer.status}${problem}`)
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
