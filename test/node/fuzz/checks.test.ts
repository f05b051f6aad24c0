import { describe, expect, test } from 'vitest'
import { createAnswerSchemas } from '../../../proof/fuzz/answer-schemas.ts'
import { checkAnswer, readCodes } from '../../../proof/fuzz/check-answer.ts'
import { createMatcher, operationsOf, readDocument } from '../../../proof/fuzz/document.ts'
import type { RawAnswer } from '../../../proof/fuzz/raw-request.ts'

const document = readDocument()
const match = createMatcher(operationsOf(document))
const checks = { schemas: createAnswerSchemas(document), codes: readCodes(document) }

const HEADERS = {
  'x-request-id': '01990000-0000-7000-8000-000000000001',
  'strict-transport-security': 'max-age=31536000',
  'content-security-policy': "default-src 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** The rules that an answer to this request breaks, by their names. */
function broken(
  method: string,
  target: string,
  answer: Partial<Omit<RawAnswer, 'text'>> & { json?: unknown; text?: string },
) {
  const { status = 200, headers = {}, json, text = json === undefined ? '' : JSON.stringify(json) } = answer
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  const given = { status, text, headers: { ...HEADERS, ...(text === '' ? {} : { 'content-type': type }), ...headers } }
  const found = checkAnswer(
    checks,
    match(method === 'HEAD' ? 'GET' : method, target),
    { method, target, headers: {} },
    given,
  )
  return [...new Set(found.map(({ rule }) => rule))]
}

const money = { amount: 100, currency: 'usd' }
const product = { id: '1', slug: 'mug', title: 'Mug', headline: '', image: null, price_from: money }
const products = { items: [product], next_cursor: null }
const problem = (status: number, code: string) => ({
  type: `urn:mercat:problem:${code}`,
  title: 'x',
  status,
  detail: 'x',
  code,
  request_id: HEADERS['x-request-id'],
})

const SCHEMA = ['every answer is what its schema says']
const PROBLEM = 'every refusal is a problem document'

describe('an answer that is right', () => {
  test.each([
    ['a list', 'GET', '/v1/products', { json: products }],
    ['nothing that has changed', 'GET', '/v1/products', { status: 304 }],
    ['a problem', 'GET', '/v1/orders/x', { status: 404, json: problem(404, 'not-found') }],
    ['HEAD', 'HEAD', '/v1/products', { headers: { 'content-type': 'application/json' } }],
    ['no operation', 'GET', '/v1/nothing', { status: 404, json: problem(404, 'not-found') }],
    ['methods', 'OPTIONS', '/v1/products', { status: 204, headers: { allow: 'GET, HEAD' } }],
  ])('breaks no rule: %s', (_, method, target, answer) => expect(broken(method, target, answer)).toEqual([]))
})

describe('an answer that is wrong is found out', () => {
  test('by its status', () => {
    expect(broken('GET', '/v1/products', { status: 500, json: problem(500, 'internal-error') })).toEqual([
      'no answer is a 5xx',
    ])
    expect(broken('GET', '/v1/products', { status: 201, json: products })).toEqual(['every status is documented'])
    expect(broken('GET', '/v1/nothing', { json: {} })).toEqual(['what the document does not have is refused'])
  })

  test('by a field that nobody documented, at any depth', () => {
    expect(broken('GET', '/v1/products', { json: { ...products, total: 1 } })).toEqual(SCHEMA)
    expect(broken('GET', '/v1/products', { json: { ...products, items: [{ ...product, cost: 1 }] } })).toEqual(SCHEMA)
    const priced = { ...product, price_from: { ...money, margin: 1 } }
    expect(broken('GET', '/v1/products', { json: { ...products, items: [priced] } })).toEqual(SCHEMA)
  })

  test('by a field that is missing, null or of another type', () => {
    const { slug: _, ...rest } = product
    for (const item of [
      rest,
      { ...product, slug: null },
      { ...product, slug: 1 },
      { ...product, price_from: { amount: 1.5, currency: 'usd' } },
    ])
      expect(broken('GET', '/v1/products', { json: { ...products, items: [item] } })).toEqual(SCHEMA)
  })

  test('by its media type', () => {
    const rule = ['every media type is documented']
    expect(broken('GET', '/v1/products', { json: products, headers: { 'content-type': 'text/html' } })).toEqual(rule)
    expect(broken('GET', '/v1/products', { text: 'x' })).toEqual(['JSON answers are JSON'])
  })

  test('by a problem that is none, or of another code, status or request', () => {
    const refuse = (json: unknown, headers = {}) => broken('GET', '/v1/orders/x', { status: 404, json, headers })
    expect(refuse(problem(404, 'not-found'), { 'content-type': 'text/plain' })).toContain(PROBLEM)
    for (const json of [
      'x',
      {},
      problem(404, 'gone-fishing'),
      problem(422, 'not-found'),
      problem(404, 'validation-failed'),
    ])
      expect(refuse(json)).toContain(PROBLEM)
    expect(refuse({ ...problem(404, 'not-found'), request_id: 'another' })).toEqual([PROBLEM])
  })

  test('by its headers', () => {
    const without = (name: string) => broken('GET', '/v1/products', { json: products, headers: { [name]: undefined } })
    expect(without('x-request-id')).toEqual(['every answer has X-Request-ID'])
    expect(without('content-security-policy')).toEqual(['every answer has the security headers'])
    const shared = { 'cache-control': 'public, max-age=60', 'set-cookie': ['a=b'] }
    expect(broken('GET', '/v1/products', { json: products, headers: shared })).toEqual([
      'what sets a cookie is not for shared caches',
    ])
  })

  test('by a body where none belongs', () => {
    expect(broken('HEAD', '/v1/products', { json: products })).toEqual(['HEAD, 204 and 304 have no body'])
    expect(broken('POST', '/v1/auth/password/forgot', { status: 202, text: 'sent' })).toEqual([
      'an answer documented without a body has none',
    ])
  })

  test.each([
    'at handle (src/x.ts:1:2)',
    'PostgresError',
    'Failed query: select * from "members" where',
    '/app/node_modules/x',
  ])('by what it shows of the inside: %s', (detail) =>
    expect(broken('GET', '/v1/orders/x', { status: 404, json: { ...problem(404, 'not-found'), detail } })).toEqual([
      'no answer shows internals',
    ]),
  )
})
