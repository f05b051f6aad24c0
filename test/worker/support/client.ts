import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { expect } from 'vitest'
import worker from '../../../src/index.ts'

const ORIGIN = 'http://shop.test'

export type Answer = {
  status: number
  headers: Headers
  text: string
  /** The parsed body; fails the test when it is not JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read whatever the API answers
  json: any
}

type Given = { origin?: string; fetch?: typeof worker.fetch }

type Call = { headers?: Record<string, string>; json?: unknown; body?: BodyInit }

/**
 * A browser in front of the Worker: keeps cookies, and sends the CSRF token once `csrf()` has been called.
 * Each client is a visitor of its own with an address of its own. Deferred work has ended when a call returns.
 */
export function createClient(
  overrides: Record<string, unknown> = {},
  { origin = ORIGIN, fetch = worker.fetch }: Given = {},
) {
  const cookies = new Map<string, string>()
  const address = `2001:db8:${hex()}:${hex()}::1`
  let csrfToken: string | undefined

  async function call(method: string, path: string, { headers = {}, json, body }: Call = {}): Promise<Answer> {
    const request = new Request(new URL(path, origin), {
      method,
      redirect: 'manual',
      headers: {
        'CF-Connecting-IP': address,
        ...(cookies.size > 0 ? { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
        ...(csrfToken === undefined ? {} : { 'X-CSRF-Token': csrfToken }),
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
    })
    const runtime = createExecutionContext()
    const response = await fetch(request, { ...env, ...overrides }, runtime)
    const text = await response.text()
    await waitOnExecutionContext(runtime)
    for (const cookie of response.headers.getSetCookie()) keep(cookie)
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text)
      },
    }
  }

  function keep(cookie: string): void {
    const [pair = ''] = cookie.split(';')
    const at = pair.indexOf('=')
    if (/;\s*max-age=0/i.test(cookie)) cookies.delete(pair.slice(0, at))
    else cookies.set(pair.slice(0, at), pair.slice(at + 1))
  }

  return {
    address,
    cookies,
    call,
    get: (path: string, headers: Record<string, string> = {}) => call('GET', path, { headers }),
    post: (path: string, json?: unknown, headers: Record<string, string> = {}) => call('POST', path, { json, headers }),
    put: (path: string, json?: unknown) => call('PUT', path, { json }),
    patch: (path: string, json?: unknown) => call('PATCH', path, { json }),
    delete: (path: string) => call('DELETE', path),
    /** Fetches a token; later calls send it. */
    async csrf(): Promise<string> {
      const { status, json } = await call('GET', '/v1/auth/csrf')
      expect(status).toBe(200)
      csrfToken = json.csrf_token
      return json.csrf_token
    },
  }
}

export type Client = ReturnType<typeof createClient>

const hex = (): string => Math.floor(Math.random() * 0xff_ff).toString(16)

/** A client that already has its visitor cookie and token. */
export async function createVisitor(overrides: Record<string, unknown> = {}, given: Given = {}): Promise<Client> {
  const client = createClient(overrides, given)
  await client.csrf()
  return client
}

/** Expects a problem document with this status and code, and returns it. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read whatever the API answers
export function expectProblem(answer: Answer, status: number, code: string): any {
  expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code })
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
  expect(answer.json).toMatchObject({ type: `urn:mercat:problem:${code}`, status })
  expect(answer.json.title).toEqual(expect.any(String))
  expect(answer.json.detail).toEqual(expect.any(String))
  expect(answer.json.request_id).toBe(answer.headers.get('X-Request-ID'))
  return answer.json
}
