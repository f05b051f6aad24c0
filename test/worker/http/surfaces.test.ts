import { describe, expect, test } from 'vitest'
import { NOBODY } from '../../../src/actor.ts'
import { getOperatorSession } from '../../../src/features/operators/get-operator-session.ts'
import * as routes from '../../../src/features/operators/routes.ts'
import * as schemas from '../../../src/features/operators/schemas.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createMember } from '../support/member.ts'

const STOREFRONT = { Origin: 'http://storefront.test' }
const corsHeadersOf = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control'))

describe("the operators' surface", () => {
  test('refuses everybody yet, with a problem and the headers of every answer', async () => {
    const answer = await createClient().get('/v1/operators/session')
    expect(expectProblem(answer, 401, 'not-authenticated').detail).toContain('operator')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.headers.get('X-Frame-Options')).toBe('DENY')
    expectProblem(await createClient().call('POST', '/v1/operators/session'), 405, 'method-not-allowed')
    for (const path of ['/v1/operators', '/v1/operators/', '/v1/operators/nothing'])
      expectProblem(await createClient().get(path), 404, 'not-found')
    expect((await createClient().call('HEAD', '/v1/operators/session')).status).toBe(401)
    const options = await createClient().call('OPTIONS', '/v1/operators/session')
    expect([options.status, options.headers.get('Allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  })

  test('knows no shopper: it reads and sets none of their cookies, and takes no token of theirs', async () => {
    const { bearer } = await createMember()
    const visitor = await createVisitor()
    visitor.cookies.set('mercat_access', bearer.Authorization.slice('Bearer '.length))
    visitor.cookies.set('mercat_refresh', 'whatever')
    const answers = [
      await visitor.get('/v1/operators/session'),
      await visitor.get('/v1/operators/session', { Authorization: 'Bearer' }),
      await createClient().get('/v1/operators/session', bearer),
    ]
    for (const answer of answers) {
      expect(expectProblem(answer, 401, 'not-authenticated').detail).toContain('operator')
      expect(answer.headers.getSetCookie()).toEqual([])
    }
  })

  test('lets no storefront read: no origin gets a CORS header, by escapes in the address neither', async () => {
    const preflight = { ...STOREFRONT, 'Access-Control-Request-Method': 'GET' }
    for (const path of ['/v1/operators/session', '/v1/%6fperators/session', '/v1/operators/nothing']) {
      const read = await createClient().get(path, STOREFRONT)
      const asked = await createClient().call('OPTIONS', path, { headers: preflight })
      for (const { headers } of [read, asked]) expect(corsHeadersOf(headers), path).toEqual([])
    }
    expect(corsHeadersOf((await createClient().get('/v1/shop', STOREFRONT)).headers)).not.toEqual([])
    expectProblem(await createClient().get('/v1/%6fperators/session'), 401, 'not-authenticated')
  })

  test('tells an operator who they are, once there are any', () => {
    const operator = {
      kind: 'operator',
      operatorId: 'o',
      sessionId: 's',
      permissions: new Set(['staff:write', 'orders:read'] as const),
    } as const
    expect(getOperatorSession({ actor: operator })).toEqual({
      operator: { id: 'o' },
      permissions: ['orders:read', 'staff:write'],
    })
    const token = { kind: 'apiToken', tokenId: 't', permissions: operator.permissions } as const
    for (const actor of [NOBODY, token]) expect(() => getOperatorSession({ actor })).toThrow('operator')
  })

  test('costs a start nothing: what belongs to it is made by functions', () => {
    for (const [name, value] of Object.entries({ ...routes, ...schemas })) expect(typeof value, name).toBe('function')
  })
})

describe('the surface of webhooks', () => {
  test('reads no cookie and no bearer, and no browser may read its answers', async () => {
    const visitor = await createVisitor()
    const headers = { ...STOREFRONT, Authorization: 'Bearer' }
    const answer = await visitor.call('POST', '/v1/webhooks/stripe', { json: {}, headers })
    expectProblem(answer, 403, 'invalid-signature')
    expect(corsHeadersOf(answer.headers)).toEqual([])
    expectProblem(await createClient().get('/v1/webhooks/stripe'), 405, 'method-not-allowed')
    expectProblem(await createClient().post('/v1/webhooks/paypal', {}), 404, 'not-found')
    expectProblem(await createClient().post('/v1/webhook%73/stripe', {}), 403, 'invalid-signature')
  })
})
