import { describe, expect, test } from 'vitest'
import { app } from '../../../src/app.ts'
import { openApiDocument } from '../../../src/http/openapi.ts'
import { type Answer, createClient, createVisitor, expectProblem } from '../support/client.ts'

type Parameter = { name: string; in: string }
type Schema = { $ref?: string; properties?: Record<string, unknown> }
type Operation = {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}

const document = JSON.parse(JSON.stringify(openApiDocument(app, 'http://shop.test'))) as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const routes = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
)
const WEBHOOK = '/v1/webhooks/stripe'
const changes = routes.filter(({ method, path }) => method !== 'GET' && path !== WEBHOOK)
const withBody = changes.filter(({ operation }) => operation.requestBody !== undefined)
const parametersOf = ({ operation }: { operation: Operation }, where: string) =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === where)
const withPathParameter = routes.filter((route) => parametersOf(route, 'path').length > 0)
const withQuery = routes.filter((route) => parametersOf(route, 'query').length > 0)

function fieldsOf({ operation }: { operation: Operation }): string[] {
  const schema = operation.requestBody?.content['application/json']?.schema ?? {}
  const named = schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? '']
  return Object.keys(named?.properties ?? {})
}

const filled = (path: string, value = '01990000-0000-7000-8000-000000000000') => path.replaceAll(/\{[^}]+\}/g, value)

const LONG = 'x'.repeat(3_000)
const STRANGE_TEXTS = [
  '0',
  '-1',
  'null',
  'undefined',
  '%20',
  "'--",
  '%F0%9F%98%80',
  '..%2f..',
  '%25',
  LONG,
  '%ff',
  '1e400',
]
const STRANGE_NUMBERS = [0, -1, 1.5, 1e308, 2 ** 53, 2_147_483_648]
const STRANGE_STRINGS = ['', ' ', 'x', "'; DROP TABLE orders; --", '\u0000', '\ud800', '\u202e', LONG]
const STRANGE_SHAPES = [null, true, [], [[]], {}, { $ne: 1 }, { length: -1 }]
const STRANGE_VALUES = [...STRANGE_NUMBERS, ...STRANGE_STRINGS, ...STRANGE_SHAPES]
const STRANGE_HEADERS: Record<string, string>[] = [
  { 'Idempotency-Key': LONG },
  { 'Idempotency-Key': "' OR 1=1 --" },
  { 'Accept-Language': ';q=,,x-*;;' },
  { 'If-None-Match': '"' },
  { 'X-Request-ID': LONG },
  { Cookie: 'mercat_visitor=%00.%ff; csrf_token=%00; mercat_visitor' },
  { Cookie: `mercat_visitor=${LONG}` },
  { Authorization: 'Bearer ' },
]

/** Refused or answered, but never by a failure of ours, and always in the one form. */
function expectNoFailure(answer: Answer, tried: string): void {
  expect(answer.status, `${tried}: ${answer.text}`).toBeLessThan(500)
  if (answer.status >= 400) expectProblem(answer, answer.status, answer.json.code)
  expect(answer.text, tried).not.toMatch(
    /node_modules|\bat \w+ \(|postgres|drizzle|select .* from|invalid input syntax/i,
  )
}

describe('every change', () => {
  test.each(changes)('$method $path is refused without a token', async ({ method, path }) => {
    expectProblem(await createClient().call(method, filled(path), { json: {} }), 403, 'csrf-failed')
  })
})

describe('every body', () => {
  test.each(withBody)('$method $path: a wrong form is told apart', async ({ method, path }) => {
    const visitor = await createVisitor()
    const send = (body: string, type = 'application/json') =>
      visitor.call(method, filled(path), { body, headers: { 'Content-Type': type } })
    expectProblem(await send('{'), 400, 'malformed-json')
    expectProblem(await send(''), 400, 'malformed-json')
    expectProblem(await send('a=1', 'application/x-www-form-urlencoded'), 415, 'unsupported-media-type')
    expectProblem(await send(`"${'x'.repeat(70_000)}"`), 413, 'payload-too-large')
    expectProblem(await visitor.call(method, filled(path)), 422, 'validation-failed')
    for (const body of ['null', '[]', '1', '"x"', '{}', '[{}]', '{"a":'.repeat(500) + '1' + '}'.repeat(500)])
      expectProblem(await send(body), 422, 'validation-failed')
  })

  test.each(withBody)('$method $path: a strange value in any field is no failure of ours', async (route) => {
    const visitor = await createVisitor()
    for (const field of fieldsOf(route)) {
      for (const value of STRANGE_VALUES) {
        const usual = { sku_id: '01990000-0000-7000-8000-000000000000', quantity: 1, agreed_with_terms_of_sale: true }
        const json = { ...usual, [field]: value }
        expectNoFailure(await visitor.call(route.method, filled(route.path), { json }), JSON.stringify(json))
      }
    }
  })

  test('each has fields that were found', () => {
    expect(withBody.filter((route) => fieldsOf(route).length === 0).map(({ path }) => path)).toEqual([])
  })
})

describe('every path parameter', () => {
  test.each(withPathParameter)(
    '$method $path: a strange value is no failure of ours',
    async ({ method, path, operation }) => {
      const visitor = await createVisitor()
      for (const text of STRANGE_TEXTS) {
        const json = operation.requestBody === undefined ? {} : { json: { quantity: 1 } }
        expectNoFailure(await visitor.call(method, filled(path, text), json), text)
      }
      expectProblem(await visitor.call(method, filled(path, 'a%00b')), 422, 'validation-failed')
    },
  )
})

describe('every query parameter', () => {
  test.each(withQuery)('$method $path: a strange value is no failure of ours', async (route) => {
    const visitor = await createVisitor()
    for (const { name } of parametersOf(route, 'query')) {
      for (const text of STRANGE_TEXTS)
        expectNoFailure(await visitor.call(route.method, `${filled(route.path)}?${name}=${text}`), `${name}=${text}`)
      expectNoFailure(await visitor.call(route.method, `${filled(route.path)}?${name}=1&${name}=2`), `${name} twice`)
      expectProblem(await visitor.call(route.method, `${filled(route.path)}?${name}=%00`), 422, 'validation-failed')
    }
  })
})

describe('every header that is read', () => {
  test.each(routes)('$method $path: a strange one is no failure of ours', async ({ method, path, operation }) => {
    const visitor = await createVisitor()
    for (const headers of STRANGE_HEADERS) {
      const json = operation.requestBody === undefined ? {} : { json: { agreed_with_terms_of_sale: true } }
      expectNoFailure(await visitor.call(method, filled(path), { ...json, headers }), JSON.stringify(headers))
    }
  })
})
