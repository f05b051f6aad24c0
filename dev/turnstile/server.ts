import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { HttpFailure, listenLocally, readBody, readJson, sendJson } from '../http-server.ts'
import { FAILS, LOCAL_SECRET, PASSES, SPENT } from './keys.ts'

/** A token is good for so long, says Cloudflare. */
const TOKEN_LIVES_MS = 300_000

/** What the widget puts into a page that uses a test site key; no other secret takes it. */
const DUMMY_TOKEN = 'XXXX.DUMMY.TOKEN.XXXX'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

interface Token {
  hostname: string
  action: string
  madeAt: Date
  /** The idempotency key that it was taken under. */
  takenUnder: string | undefined
}

export interface RunningTurnstile {
  url: string
  stop(): Promise<void>
}

const questionSchema = z.object({
  secret: z.string().optional(),
  response: z.string().optional(),
  remoteip: z.string().optional(),
  idempotency_key: z.string().optional(),
})
type Question = z.infer<typeof questionSchema>

const newTokenSchema = z.object({ hostname: z.string(), action: z.string().default('') })
const faultSchema = z.object({ mode: z.enum(['silent', '500', 'internal-error']), times: z.int().min(1).default(1) })
type Fault = z.infer<typeof faultSchema>

const refused = (code: string, isTest = false) => ({
  success: false,
  'error-codes': [code],
  messages: [],
  ...(isTest ? { metadata: { result_with_testing_key: true } } : {}),
})

class Siteverify {
  readonly tokens = new Map<string, Token>()
  readonly asked: Question[] = []

  answer(question: Question): object {
    this.asked.push(question)
    const { secret = '', response = '', idempotency_key: key } = question
    if (secret === '') return refused('missing-input-secret')
    if (![PASSES, FAILS, SPENT, LOCAL_SECRET].includes(secret)) return refused('invalid-input-secret')
    if (response === '') return refused('missing-input-response')
    if (key !== undefined && !UUID.test(key)) return refused('bad-request')
    if (secret === FAILS) return refused('invalid-input-response', true)
    if (secret === SPENT) return refused('timeout-or-duplicate', true)
    if (secret === PASSES) {
      const test = { hostname: 'example.com', action: '', madeAt: new Date(), takenUnder: undefined }
      return { ...this.#passed(test), metadata: { result_with_testing_key: true } }
    }
    const token = response === DUMMY_TOKEN ? undefined : this.tokens.get(response)
    if (token === undefined) return refused('invalid-input-response')
    const isOld = Date.now() - token.madeAt.getTime() > TOKEN_LIVES_MS
    if (isOld || (token.takenUnder !== undefined && token.takenUnder !== key)) return refused('timeout-or-duplicate')
    token.takenUnder = key ?? randomUUID()
    return { ...this.#passed(token), metadata: { interactive: false } }
  }

  #passed({ hostname, action, madeAt }: Token): object {
    return { success: true, 'error-codes': [], challenge_ts: madeAt.toISOString(), hostname, action, cdata: '' }
  }
}

/**
 * Answers `POST /turnstile/v0/siteverify` as Cloudflare does. Tokens of a widget that passed are made by
 * `POST /_turnstile/tokens` `{ "hostname": "…" }`, failures by `POST /_turnstile/faults`. Port 0 takes any free one.
 */
export async function startTurnstile(port: number): Promise<RunningTurnstile> {
  const siteverify = new Siteverify()
  const faults: Fault[] = []
  const web = await listenLocally(port, 'the port of Turnstile', (request, response) =>
    answer({ siteverify, faults }, request, response),
  )
  return {
    url: `http://127.0.0.1:${web.port}`,
    stop: () => web.close(),
  }
}

async function answer(
  { siteverify, faults }: { siteverify: Siteverify; faults: Fault[] },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  switch (`${request.method} ${pathname}`) {
    case 'POST /turnstile/v0/siteverify': {
      const question = await readQuestion(request)
      const fault = faults[0]
      if (fault === undefined) return sendJson(response, 200, siteverify.answer(question))
      fault.times -= 1
      if (fault.times === 0) faults.shift()
      if (fault.mode === 'silent') return
      if (fault.mode === '500') throw new HttpFailure(500, 'siteverify is out of order')
      return sendJson(response, 200, refused('internal-error'))
    }
    case 'POST /_turnstile/tokens': {
      const { hostname, action } = await readJson(request, newTokenSchema)
      const token = `0.${randomUUID()}`
      siteverify.tokens.set(token, { hostname, action, madeAt: new Date(), takenUnder: undefined })
      return sendJson(response, 201, { token })
    }
    case 'POST /_turnstile/faults': {
      const fault = await readJson(request, faultSchema)
      faults.push(fault)
      return sendJson(response, 201, fault)
    }
    case 'GET /_turnstile/requests':
      return sendJson(
        response,
        200,
        siteverify.asked.map(({ response: token, remoteip, idempotency_key }) => ({
          response: token,
          remoteip,
          idempotency_key,
        })),
      )
    default:
      throw new HttpFailure(404, `there is no ${request.method} ${pathname}`)
  }
}

/** Cloudflare takes forms and JSON. */
async function readQuestion(request: IncomingMessage): Promise<Question> {
  if (request.headers['content-type']?.startsWith('application/json') === true) return readJson(request, questionSchema)
  return questionSchema.parse(Object.fromEntries(new URLSearchParams(await readBody(request))))
}
