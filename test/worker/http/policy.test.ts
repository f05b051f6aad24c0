import { describe, expect, test } from 'vitest'
import type { Actor } from '../../../src/actor.ts'
import { csrfRoutes } from '../../../src/http/csrf-routes.ts'
import { openApiDocument } from '../../../src/http/openapi.ts'
import { policed } from '../../../src/http/policed.ts'
import { limitsOf, limitsWhenAsked, type Policy } from '../../../src/http/policy.ts'
import { LIMITS, type LimitName } from '../../../src/http/rate-limit/limits.ts'
import { createRoute, createRouter } from '../../../src/http/router.ts'
import { createSurface } from '../../../src/http/surface.ts'
import { shopMiddleware } from '../../../src/surfaces/shop.ts'
import { addressOf, bodyOf, type Operation, operations } from '../refusals/operations.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createMember } from '../support/member.ts'
import { createKv } from './kv.ts'

const limited = operations.filter(({ policy, method }) => namesOf(policy, method).length > 0)

function namesOf(policy: Policy, method: string): LimitName[] {
  const { general, own } = limitsOf(policy, method)
  return [...general, ...own]
}

/** Somebody who gets as far as the limits, with a proof where one is looked at. */
async function createCaller({ isForMembers }: Operation, env: Record<string, unknown>) {
  const client = await createVisitor(env)
  if (!isForMembers) return client
  const { bearer } = await createMember()
  client.cookies.set('mercat_access', bearer.Authorization.slice('Bearer '.length))
  return client
}

describe('the limits of a policy', () => {
  test.each(limited)('$method $path counts under them, and the document names the 429', async (operation) => {
    const { method, policy, isForMembers, responses } = operation
    const client = await createCaller(operation, { RATE_LIMITS: 'on', RATE_LIMIT_KV: createKv() })
    const answer = await client.call(method, addressOf(operation), { json: bodyOf(operation) })
    const counted = namesOf(policy, method).filter((name) => LIMITS[name].by !== (isForMembers ? 'visitor' : 'member'))
    const named = [...(answer.headers.get('RateLimit-Policy') ?? '').matchAll(/"([\w-]+)"/g)].map(
      ([, name = '']) => name,
    )
    expect(named.toSorted()).toEqual(counted.toSorted())
    expect(responses).toHaveProperty('429')
  })

  test('every limit belongs to a policy, or to what counts proofs', () => {
    const used = operations.flatMap(({ policy, method }) => [...namesOf(policy, method), ...limitsWhenAsked(policy)])
    expect(new Set([...used, 'turnstile'])).toEqual(new Set(Object.keys(LIMITS)))
  })
})

describe('a route without a policy', () => {
  const stopped = 'routes without a policy: POST /v1/gifts, GET /v1/gifts/:id'

  test('does not compile, and stops the Worker from starting', () => {
    const router = createRouter()
    router.get('/v1/known', policed({ access: 'public' }), (c) => c.json({}))
    // @ts-expect-error -- there is no policy
    const config: Parameters<typeof createRoute>[0] = { method: 'get', path: '/v1/gifts', responses: {} }
    expect(config).not.toHaveProperty('policy')
    expect(() => createSurface(shopMiddleware, [router])).not.toThrow()
    router.post('/v1/gifts', (c) => c.json({}))
    router.get('/v1/gifts/:id', (c) => c.json({}))
    expect(() => createSurface(shopMiddleware, [router])).toThrow(stopped)
  })

  test('is found behind another handler of its address too, and where it answers all methods', () => {
    const early = createRouter()
    early.get('/v1/gifts', (c) => c.json({}))
    early.get('/v1/gifts', policed({ access: 'member' }), (c) => c.json({}))
    expect(() => createSurface(shopMiddleware, [early])).toThrow('routes without a policy: GET /v1/gifts')
    const all = createRouter()
    all.all('/v1/gifts', (c) => c.json({}))
    expect(() => createSurface(shopMiddleware, [all])).toThrow('routes without a policy: ALL /v1/gifts')
  })

  test('lets nobody through, should one be there all the same', async () => {
    const app = createSurface(shopMiddleware, [])
    let calls = 0
    app.get('/v1/gifts', (c) => c.json({ calls: ++calls }))
    expectProblem(await createClient({}, { fetch: app.fetch }).get('/v1/gifts'), 500, 'internal-error')
    expect(calls).toBe(0)
  })
})

test('a change that wants a CSRF token cannot stand where nobody checks it', () => {
  const router = createRouter()
  router.post('/v1/gifts', policed({ access: 'public', csrf: 'none' }), (c) => c.json({}))
  router.get('/v1/gifts', policed({ access: 'operator' }), (c) => c.json({}))
  expect(() => createSurface(() => [], [router])).not.toThrow()
  router.put('/v1/gifts', policed({ access: 'operator' }), (c) => c.json({}))
  expect(() => createSurface(() => [], [router])).toThrow('nothing here checks the CSRF token of PUT /v1/gifts')
})

test('a change without CSRF token knows nobody by their cookies', async () => {
  const router = createRouter()
  router.post('/v1/who', policed({ access: 'public', csrf: 'none' }), (c) => c.json(c.get('ctx').actor))
  router.post('/v1/me', policed({ access: 'public' }), (c) => c.json(c.get('ctx').actor))
  const app = createSurface(shopMiddleware, [csrfRoutes, router])
  const visitor = await createVisitor({}, { fetch: app.fetch })
  expect((await visitor.post('/v1/who', {})).json).toEqual({ kind: 'visitor', visitorId: null })
  expect((await visitor.post('/v1/me', {})).json.visitorId).toEqual(expect.any(String))
})

describe('access for operators', () => {
  const permissions = new Set(['orders:refund'] as const)
  const operator: Actor = { kind: 'operator', operatorId: 'o', sessionId: 's', permissions }

  /** What a caller of this kind is answered where a permission is asked for. */
  async function ask(actor: Actor, policy: Policy) {
    const app = createRouter()
    app.use('*', async (c, next) => {
      c.set('ctx', { actor, env: {} } as never)
      await next()
    })
    app.get('/', policed(policy), (c) => c.json('done'))
    app.onError((error, c) => c.json('code' in error ? error.code : String(error)))
    return (await app.request('/')).json()
  }

  test('is for those who have the permission, and for nobody of another kind', async () => {
    const refund: Policy = { access: { permission: 'orders:refund' } }
    const staff: Policy = { access: { permission: 'staff:write' } }
    const token: Actor = { kind: 'apiToken', tokenId: 't', permissions }
    for (const actor of [operator, token]) {
      expect(await ask(actor, { access: 'operator' })).toBe('done')
      expect(await ask(actor, refund)).toBe('done')
      expect(await ask(actor, staff)).toBe('permission-missing')
    }
    const member: Actor = { kind: 'member', memberId: 'm', sessionId: 's', visitorId: null }
    for (const actor of [member, { kind: 'job', name: 'x' }, { kind: 'stripe' }] as Actor[])
      for (const policy of [refund, { access: 'operator' } as const])
        expect(await ask(actor, policy)).toBe('not-authenticated')
  })

  test('stands in the document with its permission', () => {
    const router = createRouter()
    const route = createRoute({
      method: 'post',
      path: '/v1/refunds',
      operationId: 'refund',
      policy: { access: { permission: 'orders:refund' } },
      responses: { 204: { description: 'Done' } },
    })
    router.openapi(route, (c) => c.body(null, 204))
    const operation = openApiDocument([router], 'http://shop.test').paths?.['/v1/refunds']?.post
    expect(operation).toMatchObject({ 'x-permission': 'orders:refund', security: [{ operator: [] }] })
    expect(operation).not.toHaveProperty('policy')
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(['401', '403', '429']))
  })
})
