import type { IncomingMessage, ServerResponse } from 'node:http'
import { API_VERSION, type Emulator } from '../emulator.ts'
import { BodyTooLarge, readBody, sendJson } from '../http.ts'
import { newId } from '../model/ids.ts'
import { routes } from '../resources/routes.ts'
import { authenticate } from './auth.ts'
import { apiFailure, invalidParameter, StripeError, unrecognizedUrl } from './errors.ts'
import type { Fault } from './faults.ts'
import { decodeForm, type FormObject } from './form.ts'
import type { Answer } from './idempotency.ts'
import type { LoggedRequest } from './request-log.ts'
import { matchRoute } from './route.ts'

const HANG_MS = 60_000

type Outcome = { answer: Answer; fault: Fault | undefined; replayed: boolean }

/** What the API looks at of an HTTP request; header names are in lower case. */
export type ApiRequest = {
  method: string
  url: URL
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Throws BodyTooLarge. */
  readBody: () => Promise<string>
}

type ApiAnswer = { status: number; headers: Record<string, string>; body: unknown }

/** Answers one `/v1` call over HTTP. */
export async function handleApiCall(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { method = 'GET', headers } = request
  const answer = await answerApiCall(emulator, { method, url, headers, readBody: () => readBody(request) })
  if (answer === 'timeout') return hang(response)
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
  sendJson(response, answer.status, answer.body)
}

/** One `/v1` call: key, parameters, injected faults, idempotency, effect, answer; in that order. */
export async function answerApiCall(emulator: Emulator, request: ApiRequest): Promise<ApiAnswer | 'timeout'> {
  const entry = logEntry(request)
  emulator.requests.add(entry)
  const { answer, fault, replayed } = await outcomeOf(emulator, request, entry)
  entry.replayed = replayed
  entry.fault = fault?.when ?? null
  if (fault?.status === 'timeout') {
    entry.status = 'timeout'
    return 'timeout'
  }
  const { status, body } = fault ? failure(fault.status) : answer
  entry.status = status
  emulator.log(`api ${entry.method} ${entry.path} -> ${status}${replayed ? ' (replayed)' : ''}`)
  return { status, headers: headersOf(entry, answer), body }
}

function logEntry({ method, url, headers }: ApiRequest): LoggedRequest {
  const key = headers['idempotency-key']
  return {
    request_id: newId('req'),
    at: new Date().toISOString(),
    method,
    path: url.pathname,
    params: {},
    // Only POST takes a key; the other methods are idempotent by nature and Stripe ignores it there.
    idempotency_key: method === 'POST' && typeof key === 'string' && key !== '' ? key : null,
    status: null,
    replayed: false,
    fault: null,
  }
}

function headersOf(entry: LoggedRequest, answer: Answer): Record<string, string> {
  return {
    'request-id': entry.request_id,
    'stripe-version': API_VERSION,
    'cache-control': 'no-cache, no-store',
    ...(entry.idempotency_key === null ? {} : { 'idempotency-key': entry.idempotency_key }),
    ...(entry.replayed ? { 'idempotent-replayed': 'true', 'original-request': answer.requestId } : {}),
    ...(entry.status === 401 ? { 'www-authenticate': 'Basic realm="Stripe"' } : {}),
  }
}

async function outcomeOf(emulator: Emulator, request: ApiRequest, entry: LoggedRequest): Promise<Outcome> {
  const requestId = entry.request_id
  try {
    const { authorization } = request.headers
    authenticate(typeof authorization === 'string' ? authorization : undefined)
    checkVersion(request.headers['stripe-version'])
    entry.params = await readParams(request)
    const found = matchRoute(routes, entry.method, entry.path)
    if (!found) throw unrecognizedUrl(entry.method, entry.path)
    const fault = emulator.faults.take(entry.method, entry.path, 'before')
    if (fault) return { answer: { status: 500, body: {}, requestId }, fault, replayed: false }
    const outcome = await execute(emulator, entry, (cause) =>
      found.route.prepare(emulator, found.ids, entry.params, cause),
    )
    const { status, body: answer } = outcome.answer
    const address = `${entry.method} ${found.route.segments.join('/')}`
    emulator.watch?.call({ address, params: entry.params, status, answer })
    return outcome
  } catch (error) {
    return { answer: errorAnswer(error, requestId, emulator), fault: undefined, replayed: false }
  }
}

type Prepare = (cause: { requestId: string; idempotencyKey: string | null }) => () => unknown

async function execute(emulator: Emulator, entry: LoggedRequest, prepare: Prepare): Promise<Outcome> {
  const { request_id: requestId, idempotency_key: key } = entry
  const kept = key === null ? null : emulator.idempotency.begin(key, entry.path, entry.params)
  if (kept) return { answer: kept, fault: undefined, replayed: true }
  let answer: Answer
  let took = false
  try {
    // The key is held meanwhile, so a slow call can be seen in progress.
    if (emulator.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, emulator.latencyMs))
    answer = { status: 200, body: prepare({ requestId, idempotencyKey: key })(), requestId }
    took = true
  } catch (error) {
    answer = errorAnswer(error, requestId, emulator)
    took = error instanceof StripeError && error.kept
  }
  if (key !== null && took) emulator.idempotency.keep(key, answer)
  if (key !== null && !took) emulator.idempotency.release(key)
  const fault = took ? emulator.faults.take(entry.method, entry.path, 'after') : undefined
  return { answer, fault, replayed: false }
}

async function readParams({ method, url, headers, readBody: read }: ApiRequest): Promise<FormObject> {
  const body = await read()
  const query = decodeForm(url.search.slice(1))
  if (method !== 'POST' || body === '') return query
  const contentType = String(headers['content-type'] ?? '')
  if (!contentType.startsWith('application/x-www-form-urlencoded')) {
    throw invalidParameter(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any ' +
        'questions, we can help at https://support.stripe.com/.',
    )
  }
  return { ...query, ...decodeForm(body) }
}

function checkVersion(version: string | string[] | undefined): void {
  if (version === undefined || version === API_VERSION) return
  throw invalidParameter(`Invalid Stripe API version: ${String(version)}. The emulator speaks ${API_VERSION} only.`)
}

function errorAnswer(error: unknown, requestId: string, emulator: Emulator): Answer {
  if (error instanceof StripeError) return { status: error.status, body: { error: error.body }, requestId }
  if (error instanceof BodyTooLarge) {
    return { status: 413, body: { error: { type: 'invalid_request_error', message: error.message } }, requestId }
  }
  emulator.log(`api bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return { status: 500, body: { error: { type: 'api_error', message: 'Emulator bug; see its log.' } }, requestId }
}

function failure(status: number): { status: number; body: unknown } {
  return { status, body: { error: apiFailure(status).body } }
}

/** Leaves the caller without an answer until it goes away, or a minute has passed. */
function hang(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), HANG_MS)
  timer.unref()
  response.once('close', () => clearTimeout(timer))
}
