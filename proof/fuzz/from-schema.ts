import fc from 'fast-check'
import { resolve } from './document.ts'
import type { ApiDocument, Schema } from './document.ts'

const LONGEST = 60

/** Values that the schema allows. */
export function validValue(document: ApiDocument, given: Schema): fc.Arbitrary<unknown> {
  const schema = resolve(document, given)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const ways = schema.anyOf ?? schema.oneOf
  if (ways !== undefined) return fc.oneof(...ways.map((way) => validValue(document, way)))
  const types = [schema.type ?? 'object'].flat()
  return fc.oneof(...types.map((type) => ofType(document, schema, type)))
}

function ofType(document: ApiDocument, schema: Schema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -(2 ** 31), max: schema.maximum ?? 2 ** 31 - 1 })
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true })
    case 'array':
      return fc.array(validValue(document, schema.items ?? {}), { maxLength: 3 })
    case 'string':
      return validText(schema)
    default:
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, part]) => [name, validValue(document, part)]),
        ),
        { requiredKeys: schema.required ?? [] },
      )
  }
}

function validText({ format, pattern, minLength = 0, maxLength = LONGEST }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  const hasRightLength = (text: string) => text.length >= minLength && text.length <= maxLength
  if (format === 'email') {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{1,12}$/)
    return fc.tuple(word, word).map(([name, host]) => `${name}@${host}.example`)
  }
  const text = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, Math.max(LONGEST, minLength)) })
  if (pattern === undefined) return text.filter(hasRightLength)
  const expression = new RegExp(pattern)
  // fast-check cannot generate from an expression with look-ahead.
  const matching = /\(\?[=!]/.test(pattern) ? text : fc.stringMatching(expression)
  return matching.filter((value) => hasRightLength(value) && expression.test(value))
}

const NOT_A_NUMBER = ['1', '', null, true, [], {}, '1e3', ' 2']
const NOT_A_TEXT = [null, 0, false, [], {}, ['x']]

/** Values just inside and just outside the schema's limits, and similar values of other types. */
export function edgesOf(document: ApiDocument, given: Schema): unknown[] {
  const schema = resolve(document, given)
  const ways = schema.anyOf ?? schema.oneOf ?? []
  if (ways.length > 0) return ways.flatMap((way) => edgesOf(document, way))
  if (schema.enum !== undefined || schema.const !== undefined) {
    const allowed = schema.enum ?? [schema.const]
    return [
      ...allowed,
      '',
      null,
      0,
      true,
      'true',
      [allowed[0]],
      String(allowed[0]).toUpperCase(),
      `${String(allowed[0])} `,
    ]
  }
  return [schema.type ?? 'object'].flat().flatMap((type) => edgesOfType(schema, type))
}

function edgesOfType({ minimum, maximum, minLength, maxLength }: Schema, type: string): unknown[] {
  switch (type) {
    case 'null':
      return [null, 'null']
    case 'boolean':
      return [true, false, null, 'true', 0, 1, 'on']
    case 'integer':
    case 'number': {
      const ends = [minimum, maximum].flatMap((end) => (end === undefined ? [] : [end - 1, end, end + 1]))
      return [...ends, 0, -0, -1, 1, 1.5, 99, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, ...NOT_A_NUMBER]
    }
    case 'string': {
      const ends = [minLength ?? 0, maxLength ?? 1_000].flatMap((end) => [end - 1, end, end + 1])
      const lengths = [...new Set([0, 1, ...ends])].filter((length) => length >= 0)
      // Twice as long in UTF-16 as in characters.
      return [
        ...lengths.flatMap((length) => ['a'.repeat(length), '😀'.repeat(Math.ceil(length / 2))]),
        ' ',
        ...NOT_A_TEXT,
      ]
    }
    default:
      return [null, {}, [], 'x', 1]
  }
}
