import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { expect } from 'vitest'
import { type Answer, Browser } from '../../../dev/browser.ts'
import worker from '../../../src/index.ts'

const ORIGIN = 'http://shop.test'

export type { Answer }

type Given = { origin?: string; fetch?: typeof worker.fetch }

/**
 * A browser in front of the Worker: keeps cookies, and sends the CSRF token once `csrf()` has been called.
 * Each client is a visitor of its own with an address of its own. Deferred work has ended when a call returns.
 */
export function createClient(
  overrides: Record<string, unknown> = {},
  { origin = ORIGIN, fetch = worker.fetch }: Given = {},
) {
  const address = `2001:db8:${hex()}:${hex()}::1`
  const browser = new Browser(origin, {
    headers: { 'cf-connecting-ip': address },
    async send({ url, ...given }) {
      const runtime = createExecutionContext()
      const request = new Request(url, { ...given, redirect: 'manual' })
      const response = await fetch(request, { ...env, ...overrides }, runtime)
      const text = await response.text()
      await waitOnExecutionContext(runtime)
      return { status: response.status, headers: response.headers, text }
    },
  })
  const call: Browser['call'] = (...given) => browser.call(...given)

  return {
    address,
    cookies: browser.cookies,
    call,
    get: (path: string, headers: Record<string, string> = {}) => call('GET', path, { headers }),
    post: (path: string, json?: unknown, headers: Record<string, string> = {}) => call('POST', path, { json, headers }),
    put: (path: string, json?: unknown) => call('PUT', path, { json }),
    patch: (path: string, json?: unknown) => call('PATCH', path, { json }),
    delete: (path: string) => call('DELETE', path),
    /** Fetches a token; later calls send it. */
    csrf: () => browser.begin(),
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
