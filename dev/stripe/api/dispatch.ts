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

/** Answers one `/v1` call: key, parameters, injected faults, idempotency, effect, answer; in that order. */
export async function handleApiCall(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const entry = logEntry(request, url)
  emulator.requests.add(entry)
  setHeaders(response, entry)
  const { answer, fault, replayed } = await outcomeOf(emulator, request, url, entry)
  entry.replayed = replayed
  entry.fault = fault?.when ?? null
  if (fault?.status === 'timeout') {
    entry.status = 'timeout'
    hang(response)
    return
  }
  const { status, body } = fault ? failure(fault.status) : answer
  entry.status = status
  if (replayed) {
    response.setHeader('idempotent-replayed', 'true')
    response.setHeader('original-request', answer.requestId)
  }
  if (status === 401) response.setHeader('www-authenticate', 'Basic realm="Stripe"')
  emulator.log(`api ${entry.method} ${entry.path} -> ${status}${replayed ? ' (replayed)' : ''}`)
  sendJson(response, status, body)
}

function logEntry(request: IncomingMessage, url: URL): LoggedRequest {
  const key = request.headers['idempotency-key']
  return {
    request_id: newId('req'),
    at: new Date().toISOString(),
    method: request.method ?? 'GET',
    path: url.pathname,
    params: {},
    // Only POST takes a key; the other methods are idempotent by nature and Stripe ignores it there.
    idempotency_key: request.method === 'POST' && typeof key === 'string' && key !== '' ? key : null,
    status: null,
    replayed: false,
    fault: null,
  }
}

function setHeaders(response: ServerResponse, entry: LoggedRequest): void {
  response.setHeader('request-id', entry.request_id)
  response.setHeader('stripe-version', API_VERSION)
  response.setHeader('cache-control', 'no-cache, no-store')
  if (entry.idempotency_key !== null) response.setHeader('idempotency-key', entry.idempotency_key)
}

async function outcomeOf(
  emulator: Emulator,
  request: IncomingMessage,
  url: URL,
  entry: LoggedRequest,
): Promise<Outcome> {
  const requestId = entry.request_id
  try {
    authenticate(request.headers.authorization)
    checkVersion(request.headers['stripe-version'])
    entry.params = await readParams(request, url)
    const found = matchRoute(routes, entry.method, entry.path)
    if (!found) throw unrecognizedUrl(entry.method, entry.path)
    const fault = emulator.faults.take(entry.method, entry.path, 'before')
    if (fault) return { answer: { status: 500, body: {}, requestId }, fault, replayed: false }
    return await execute(emulator, entry, (cause) => found.route.prepare(emulator, found.ids, entry.params, cause))
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

async function readParams(request: IncomingMessage, url: URL): Promise<FormObject> {
  const body = await readBody(request)
  const query = decodeForm(url.search.slice(1))
  if (request.method !== 'POST' || body === '') return query
  const contentType = request.headers['content-type'] ?? ''
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
