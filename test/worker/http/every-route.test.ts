import { describe, expect, test } from 'vitest'
import { addressOf, bodyOf, type Operation, operations } from '../refusals/operations.ts'
import { type Answer, type Client, createVisitor, expectProblem } from '../support/client.ts'
import { createMember } from '../support/member.ts'

const routes = operations.filter(({ isPublic }) => !isPublic)
const withBody = routes.filter(({ body }) => body !== undefined)
const parametersOf = ({ parameters }: Operation, where: string) => parameters.filter((one) => one.in === where)
const withPathParameter = operations.filter((route) => parametersOf(route, 'path').length > 0)
const withQuery = operations.filter((route) => parametersOf(route, 'query').length > 0)

/** Somebody who may ask: a visitor, and a member where one is needed. */
async function createCaller({ isForMembers }: Operation): Promise<Client> {
  const client = await createVisitor()
  if (!isForMembers) return client
  const { bearer } = await createMember()
  client.cookies.set('mercat_access', bearer.Authorization.slice('Bearer '.length))
  return client
}

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
  { 'If-Match': '"' },
  { 'User-Agent': LONG },
]

/** Refused or answered, but never by a failure of ours, and always in the one form. */
function expectNoFailure(answer: Answer, tried: string): void {
  expect(answer.status, `${tried}: ${answer.text}`).toBeLessThan(500)
  if (answer.status >= 400) expectProblem(answer, answer.status, answer.json.code)
  expect(answer.text, tried).not.toMatch(
    /node_modules|\bat \w+ \(|postgres|drizzle|select .* from|invalid input syntax/i,
  )
}

describe('every body', () => {
  test.each(withBody)('$method $path: a strange value in any field is no failure of ours', async (route) => {
    const caller = await createCaller(route)
    const sample = Object(bodyOf(route)) as Record<string, unknown>
    const fields = Object.keys(sample)
    expect(fields).not.toEqual([])
    for (const field of fields) {
      for (const value of STRANGE_VALUES) {
        const json = { ...sample, [field]: value }
        expectNoFailure(await caller.call(route.method, addressOf(route), { json }), JSON.stringify(json))
      }
    }
  })
})

describe('every path parameter', () => {
  test.each(withPathParameter)('$method $path: a strange value is no failure of ours', async (route) => {
    const caller = await createCaller(route)
    const ask = (text: string) =>
      caller.call(route.method, route.path.replaceAll(/\{[^}]+\}/g, text), { json: bodyOf(route) })
    for (const text of STRANGE_TEXTS) expectNoFailure(await ask(text), text)
    expectProblem(await ask('a%00b'), 422, 'validation-failed')
  })
})

describe('every query parameter', () => {
  test.each(withQuery)('$method $path: a strange value is no failure of ours', async (route) => {
    const caller = await createCaller(route)
    const [path = ''] = addressOf(route).split('?')
    const ask = (query: string) => caller.call(route.method, `${path}?${query}`, { json: bodyOf(route) })
    for (const { name } of parametersOf(route, 'query')) {
      for (const text of STRANGE_TEXTS) expectNoFailure(await ask(`${name}=${text}`), `${name}=${text}`)
      expectNoFailure(await ask(`${name}=1&${name}=2`), `${name} twice`)
      expectProblem(await ask(`${name}=%00`), 422, 'validation-failed')
    }
  })
})

describe('every header that is read', () => {
  test.each(operations)('$method $path: a strange one is no failure of ours', async (route) => {
    const caller = await createCaller(route)
    for (const headers of STRANGE_HEADERS) {
      const answer = await caller.call(route.method, addressOf(route), { json: bodyOf(route), headers })
      expectNoFailure(answer, JSON.stringify(headers))
    }
  })
})
