import { beforeAll, describe, expect, test } from 'vitest'
import { needsCsrf } from '../../../src/http/policy.ts'
import { createClient } from '../support/client.ts'
import { policies, policyAt, surfaces } from '../support/policies.ts'

type Operation = {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  requestBody?: { required?: boolean; content: Record<string, unknown> }
  responses: Record<string, unknown>
}

type Document = {
  openapi: string
  servers: { url: string }[]
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> }
}

/** Its schema is Stripe's; the route reads the raw body and checks the signature over it. */
const WEBHOOK = 'post /v1/webhooks/stripe'

let document: Document
let operations: { name: string; method: string; operation: Operation }[]

beforeAll(async () => {
  document = (await createClient().get('/openapi.json')).json
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, method, operation })),
  )
})

describe('the OpenAPI document', () => {
  test('is version 3.1, tells where the API is, and may be cached', async () => {
    const { headers } = await createClient().get('/openapi.json')
    expect(document.openapi).toBe('3.1.0')
    expect(document.servers).toEqual([{ url: 'http://shop.test' }])
    expect(headers.get('Content-Type')).toContain('application/json')
    expect(headers.get('Cache-Control')).toContain('public')
  })

  test('has every route of the API, and no other', () => {
    const hidden = new Set(['get /v1', 'get /docs', 'get /openapi.json'])
    const isPage = (name: string) => policies.get(name)?.answers === 'page' && !name.includes(' /v1/')
    const routes = surfaces
      .flatMap((surface) => surface.routes)
      .filter(({ method, path }) => method !== 'ALL' && !isPage(`${method} ${path}`))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:([^/{]+)(\{[^}]*\})?/g, '{$1}')}`)
      .filter((route) => !hidden.has(route))
    expect([...new Set(routes)].toSorted()).toEqual(operations.map(({ name }) => name).toSorted())
  })

  test('names each operation once, by the name of its verb', () => {
    const names = operations.map(({ operation }) => operation.operationId ?? '')
    for (const name of names) expect(name).toMatch(/^[a-z]+[A-Za-z]+$/)
    expect(new Set(names).size).toBe(names.length)
  })

  test('gives each operation a summary, a known tag, and problems', () => {
    const known = document.tags.map(({ name }) => name)
    for (const { name, operation } of operations) {
      expect(operation.summary, name).toEqual(expect.any(String))
      expect(operation.tags, name).toHaveLength(1)
      expect(known, name).toContain(operation.tags?.[0])
      expect(operation.responses.default, name).toEqual({ $ref: '#/components/responses/AnyProblem' })
    }
    expect(document.components.schemas).toHaveProperty('Problem')
  })

  test('names schemas that are what they are wherever they stand: none of them is null now and then', () => {
    for (const [name, schema] of Object.entries(document.components.schemas))
      expect(Object(schema).type, name).not.toEqual(expect.arrayContaining(['null']))
    const { Cart, Money } = document.components.schemas
    expect(Money).toMatchObject({ type: 'object' })
    expect(Object(Cart).properties.shipping_method).toEqual({
      anyOf: [{ $ref: '#/components/schemas/CartShippingMethod' }, { type: 'null' }],
    })
  })

  test('has patterns that a JSON Schema validator understands, without flags at their end', () => {
    const patterns = Array.from(JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g), ([, text]) =>
      JSON.parse(text ?? ''),
    )
    expect(patterns.length).toBeGreaterThan(5)
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\/[a-z]+$/)
      expect(() => new RegExp(pattern)).not.toThrow()
      expect(pattern).not.toMatch(/\\[pP]\{/)
    }
    const { AddDiscountCode } = document.components.schemas
    expect('WELCOME10').toMatch(new RegExp(Object(AddDiscountCode).properties.code.pattern, 'u'))
  })

  test('says that every change needs a visitor with a token, or a bearer; what programs call does not', () => {
    const changes = operations.filter(({ method }) => method !== 'get')
    const asksForToken = ({ name, method }: { name: string; method: string }) =>
      needsCsrf(policyAt(method, name.split(' ')[1] ?? ''), method.toUpperCase())
    const programs = changes.filter((change) => !asksForToken(change))
    expect(programs.map(({ operation }) => operation.operationId ?? '').toSorted()).toEqual([
      'handleEvent',
      'refreshSessionByToken',
      'unsubscribe',
    ])
    for (const { name, operation } of programs) expect(operation.security, name).toEqual([])
    for (const { name, operation } of changes.filter(asksForToken)) {
      expect(operation.security, name).toHaveLength(2)
      expect(operation.security, name).toMatchObject([{ visitor: [], csrf: [] }, { bearer: [] }])
    }
    expect(Object.keys(document.components.securitySchemes).toSorted()).toEqual([
      'bearer',
      'csrf',
      'operator',
      'session',
      'visitor',
    ])
  })

  test('asks for nothing where a route is public, and says who gets in where it is not', () => {
    const personal = new Set(['cart', 'checkout', 'orders', 'account', 'webhooks', 'email', 'operators'])
    const reads = operations.filter(
      ({ method, operation }) => method === 'get' && !personal.has(operation.tags?.[0] ?? ''),
    )
    const own = new Set(['get /v1/auth/session', 'get /v1/terms/use/agreement'])
    for (const { name, operation } of reads.filter(({ name }) => !own.has(name) && !name.includes('/account/')))
      expect({ name, security: operation.security }).toEqual({ name, security: [] })
    for (const { name, operation } of operations)
      expect(operation.description, name).toMatch(
        /(Public: asks for no cookie|For members: |For visitors and members: |For operators: )/,
      )
  })

  test('names the ways to get in that the policy beside the route names', () => {
    const waysOf = ({ security = [] }: Operation) =>
      security.map((way) => Object.keys(way).filter((name) => name !== 'csrf' && name !== 'visitor'))
    const visitors = [
      [[], ['bearer']],
      [[], [], ['session'], ['bearer']],
    ]
    const WAYS: Record<string, string[][][]> = {
      public: [[]],
      signed: [[]],
      anyone: visitors,
      shopper: visitors,
      member: [[['session'], ['bearer']]],
      operator: [[['operator']]],
    }
    for (const { name, method, operation } of operations) {
      const { access } = policyAt(method, name.split(' ')[1] ?? '')
      expect(WAYS[typeof access === 'object' ? 'operator' : access], name).toContainEqual(waysOf(operation))
    }
  })

  test('has no default that a generated client would take for a field that must be sent, and no list of nothing', () => {
    const walk = (value: unknown, visit: (schema: Record<string, unknown>) => void): void => {
      if (typeof value !== 'object' || value === null) return
      visit(value as Record<string, unknown>)
      for (const part of Object.values(value)) walk(part, visit)
    }
    walk(document.components.schemas, (schema) => {
      expect(schema).not.toHaveProperty('default')
      expect(schema['type'] === 'array' && !('items' in schema)).toBe(false)
    })
  })

  test('requires every body that it describes: an empty request cannot slip past its schema', () => {
    const optional = operations.filter(({ operation: { requestBody } }) => requestBody?.required === false)
    const unsaid = operations.filter(({ operation: { requestBody } }) => requestBody && !('required' in requestBody))
    expect([...optional, ...unsaid].map(({ name }) => name).filter((name) => name !== WEBHOOK)).toEqual([])
  })
})

test('the documentation page loads files of our own only, and its policy keeps others out', async () => {
  const { status, text, headers } = await createClient().get('/docs')
  expect(status).toBe(200)
  expect(headers.get('Content-Type')).toContain('text/html')
  for (const [, address] of text.matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^\/docs/)
  expect(text).not.toMatch(/<script>|onload=/)
  expect(headers.get('Content-Security-Policy')).toMatch(/default-src 'none'; script-src 'self';/)
  expect(headers.get('X-Frame-Options')).toBe('DENY')
})

test('whoever opens /v1 is led to the documentation', async () => {
  const { status, headers } = await createClient().get('/v1')
  expect({ status, location: headers.get('Location') }).toEqual({ status: 302, location: '/docs' })
})
