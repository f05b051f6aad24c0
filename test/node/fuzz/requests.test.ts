import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Actor } from '../../../proof/fuzz/actor.ts'
import { createAnswerSchemas } from '../../../proof/fuzz/answer-schemas.ts'
import { buildRequest } from '../../../proof/fuzz/build-request.ts'
import { createMatcher, operationsOf, readDocument } from '../../../proof/fuzz/document.ts'
import { validValue } from '../../../proof/fuzz/from-schema.ts'
import { asJson, fillIn, placeholder } from '../../../proof/fuzz/placeholders.ts'
import { requestsFor } from '../../../proof/fuzz/request-template.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
const document = readDocument()
const operations = operationsOf(document)
const schemas = createAnswerSchemas(document)
const cast = { actors: [], bystanders: [], shop: new Map<string, string[]>(), webhookSecret: 'whsec_x' }

describe(`generated requests (repeat with SEED=${seed})`, () => {
  test.each(operations.filter(({ body }) => body !== undefined))('$id: a valid body is one', (operation) => {
    fc.assert(
      fc.property(validValue(document, operation.body ?? {}), (value) => schemas.isBody(operation, value)),
      { seed, numRuns: 50 },
    )
  })

  test.each(operations)('$id: the same seed makes the same request', (operation) => {
    for (const kind of ['valid', 'foreign', 'edge', 'hostile'] as const) {
      const [first, second] = [1, 2].map(() => fc.sample(requestsFor(document, operation, kind), { seed, numRuns: 20 }))
      expect(first).toEqual(second)
    }
  })

  test('a valid request goes to its own operation', () => {
    const match = createMatcher(operations)
    const actor = new Actor('cnry0001x')
    for (const operation of operations) {
      for (const template of fc.sample(requestsFor(document, operation, 'valid'), { seed, numRuns: 10 })) {
        const { method, target } = buildRequest(cast, actor, template)
        expect(match(method, new URL(target, 'http://x').pathname)?.id, target).toBe(operation.id)
      }
    }
  })

  test('hostile requests are of many kinds', () => {
    const all = operations.flatMap((operation, at) =>
      fc.sample(requestsFor(document, operation, 'hostile'), { seed: seed + at, numRuns: 40 }),
    )
    expect(new Set(all.map(({ caller }) => caller)).size).toBe(9)
    expect(new Set(all.map(({ method }) => method)).size).toBeGreaterThan(8)
    expect(new Set(all.flatMap(({ headers }) => headers.map(([name]) => name))).size).toBeGreaterThan(20)
    expect(all.some(({ isChunked }) => isChunked)).toBe(true)
    expect(all.filter(({ path }) => path.includes('⟦other.')).length).toBeGreaterThan(5)
  })
})

describe('placeholders', () => {
  const lookup = (_: string, name: string, at: number) => `${name}"${at}`

  test('are filled in where they stand', () => {
    expect(fillIn(`/v1/${placeholder('own', 'order', 3)}?a=b`, lookup, encodeURIComponent)).toBe('/v1/order%223?a=b')
    const json = JSON.stringify({ id: placeholder('shop', 'sku', 1) })
    expect(JSON.parse(fillIn(json, lookup, asJson))).toEqual({ id: 'sku"1' })
  })

  test('may ask for a value with one character changed', () => {
    const changed = fillIn(placeholder('other', 'order', 0, true), lookup)
    expect(changed).toHaveLength('order"0'.length)
    expect(changed).not.toBe('order"0')
  })
})
