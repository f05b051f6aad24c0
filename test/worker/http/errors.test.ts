import { env } from 'cloudflare:test'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, expect, test } from 'vitest'
import type { AppEnv } from '../../../src/http/app-env.ts'
import { onError } from '../../../src/http/problem.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'

describe('addresses and methods', () => {
  test('an unknown address is a 404 problem, whatever the method and without a token', async () => {
    const client = createClient()
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'])
      expectProblem(await client.call(method, '/v1/nothing-here'), 404, 'not-found')
    expectProblem(await client.get('/v2'), 404, 'not-found')
  })

  test('a known address with another method is a 405 problem that names the methods', async () => {
    const answer = await createClient().call('PATCH', '/v1/auth/csrf')
    expectProblem(answer, 405, 'method-not-allowed')
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, OPTIONS')
  })

  test('OPTIONS that is no preflight tells the methods', async () => {
    const answer = await createClient().call('OPTIONS', '/v1/auth/csrf')
    expect(answer.status).toBe(204)
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, OPTIONS')
  })

  test('HEAD answers as GET does, without a body', async () => {
    const answer = await createClient().call('HEAD', '/healthz')
    expect(answer.status).toBe(200)
    expect(answer.text).toBe('')
  })
})

describe('request id', () => {
  test('a well-formed one is taken over, a strange one replaced', async () => {
    const client = createClient()
    const given = await client.get('/healthz', { 'X-Request-ID': 'caller-12345678' })
    expect(given.headers.get('X-Request-ID')).toBe('caller-12345678')
    const strange = await client.get('/healthz', { 'X-Request-ID': '{"a":1} <x>' })
    expect(strange.headers.get('X-Request-ID')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('errors that nobody planned', () => {
  const broken = (error: Error) => {
    const app = new Hono<AppEnv>()
    app.onError(onError)
    app.get('/', () => {
      throw error
    })
    return app.request('http://shop.test/', undefined, env)
  }

  test('are answered with a bare 500 that repeats nothing of them', async () => {
    const answer = await broken(new Error('password=hunter2 at postgres://u:p@host/db'))
    expect(answer.status).toBe(500)
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'internal-error', status: 500 })
    expect(text).not.toMatch(/hunter2|postgres|Error:|\.ts/)
  })

  test.each(['22021', '22P02', '22P05', '22003', '22007', '22008'])(
    'a value that the database refuses with %s is the fault of the request',
    async (code) => {
      const cause = Object.assign(new Error('invalid input syntax for type uuid: "x"'), { code })
      const answer = await broken(new Error('Failed query: select secret', { cause }))
      expect(answer.status).toBe(422)
      const text = await answer.text()
      expect(JSON.parse(text)).toMatchObject({ code: 'validation-failed' })
      expect(text).not.toMatch(/select|uuid/)
    },
  )

  test("the framework's own refusals become problems", async () => {
    const codes = await Promise.all(
      [400, 413, 415].map(async (status) => {
        const answer = await broken(new HTTPException(status as 400, { message: 'internal words' }))
        return [answer.status, (await answer.json<{ code: string }>()).code]
      }),
    )
    expect(codes).toEqual([
      [400, 'malformed-json'],
      [413, 'payload-too-large'],
      [415, 'unsupported-media-type'],
    ])
  })
})

describe('configuration', () => {
  test.each(['*', 'null', 'http://storefront.test/', 'storefront.test', 'http://a.test,http://b.test/shop'])(
    'an origin that no browser sends is malformed: %s',
    async (origins) => {
      const problem = expectProblem(await createClient({ CORS_ORIGINS: origins }).get('/healthz'), 500, 'misconfigured')
      expect(problem.errors).toMatchObject([{ field: 'CORS_ORIGINS' }])
    },
  )

  test('a missing and a malformed variable stop the request and are named, without their values', async () => {
    const answer = await createClient({ DATABASE_URL: undefined, CURRENCY: 'not-a-currency' }).get('/healthz')
    const problem = expectProblem(answer, 500, 'misconfigured')
    expect(problem.errors.map((error: { field: string }) => error.field).toSorted()).toEqual([
      'CURRENCY',
      'DATABASE_URL',
    ])
    expect(problem.detail).toContain('DATABASE_URL')
    expect(answer.text).not.toContain('not-a-currency')
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  test.each(['kid:short', `kid:${'x'.repeat(31)}`, `good:${'x'.repeat(32)},kid:short`, 'x'.repeat(40), ''])(
    'a session key that is too short or has no name is refused and not repeated: %s',
    async (SESSION_KEYS) => {
      const answer = await createClient({ SESSION_KEYS }).get('/healthz')
      expect(expectProblem(answer, 500, 'misconfigured').errors).toMatchObject([{ field: 'SESSION_KEYS' }])
      expect(answer.text).not.toMatch(/short|xxx/)
    },
  )

  test('a short signing secret is refused and not repeated', async () => {
    const answer = await createClient({ SIGNING_SECRET: 'too-short-a-secret' }).get('/healthz')
    expectProblem(answer, 500, 'misconfigured')
    expect(answer.text).not.toContain('too-short')
  })

  test('a missing binding is named', async () => {
    const problem = expectProblem(
      await createClient({ EMAIL_QUEUE: undefined }).get('/v1/auth/csrf'),
      500,
      'misconfigured',
    )
    expect(problem.detail).toContain('EMAIL_QUEUE')
  })
})

test('a problem of a route that wants a visitor keeps the request id of the caller', async () => {
  const visitor = await createVisitor()
  const answer = await visitor.call('POST', '/v1/nothing', { headers: { 'X-Request-ID': 'abcdefgh-1' } })
  expect(answer.json.request_id).toBe('abcdefgh-1')
})
