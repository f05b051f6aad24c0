import fc from 'fast-check'
import type { RawRequest } from './raw-request.ts'

interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  required?: string[]
  enum?: unknown[]
  const?: unknown
  type?: string | string[]
  format?: string
}

export interface Operation {
  method: string
  path: string
  parameters: { in: string; name: string }[]
  body: Schema | undefined
}

export interface Document {
  paths: Record<
    string,
    Record<
      string,
      { parameters?: Operation['parameters']; requestBody?: { content: Record<string, { schema: Schema }> } }
    >
  >
  components: { schemas: Record<string, Schema> }
}

/** All operations of an OpenAPI document, with the schemas of their JSON bodies. */
export function operationsOf({ paths, components }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { parameters = [], requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema
      const name = schema?.$ref?.split('/').at(-1)
      return {
        method: method.toUpperCase(),
        path,
        parameters,
        body: name === undefined ? schema : components.schemas[name],
      }
    }),
  )
}

const BOUNDARIES = [0, -0, -1, 1, 98, 99, 100, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324]
const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u200b\ufeff',
  '😀'.repeat(70),
  "'; DROP TABLE orders; --",
  '{{ order.url }}',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'NaN',
  '٣',
  'ﬃ'.repeat(100),
  'a'.repeat(10_000),
]
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/json;;;',
  'APPLICATION/JSON',
  'application/problem+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/xml',
  '',
  'json',
  '*/*',
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'PURGE', 'REPORT', 'MKCOL']
const ENCODED = [
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '%2e%2e%2f',
  '%c0%80',
  '%ed%a0%80',
  '%252500',
  '+',
  ';',
  '&&==',
  '[]=1',
  '/',
]
const HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cf-connecting-ip',
  'cookie',
  'if-modified-since',
  'if-none-match',
  'idempotency-key',
  'origin',
  'range',
  'referer',
  'sec-fetch-site',
  'stripe-signature',
  'x-csrf-token',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-http-method-override',
  'x-request-id',
]

const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 40 }))
const strange = fc.oneof(
  fc.constantFrom(...BOUNDARIES),
  text,
  fc.constantFrom(null, true, false, [], {}, [[]], { length: -1 }, { toString: 1 }),
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
)
const inUrl = fc.oneof(
  fc.constantFrom(...ENCODED),
  text.map((value) => encodeURIComponent(value.toWellFormed())),
  fc.constantFrom(...BOUNDARIES).map(String),
)

const isOf = (schema: Schema, type: string) => [schema.type].flat().includes(type)

/** A value that the field may have, so that the request gets past it to the next. */
function plausible(schema: Schema, uuids: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.format === 'uuid') return fc.constantFrom(...uuids)
  if (schema.format === 'email') return fc.constant('jane@example.com')
  if (isOf(schema, 'integer')) return fc.integer({ min: 1, max: 3 })
  if (isOf(schema, 'boolean')) return fc.constant(true)
  return fc.constantFrom('WELCOME10', 'FREESHIP', 'x')
}

const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value)

function jsonBody(schema: Schema | undefined, uuids: readonly string[]): fc.Arbitrary<string> {
  const fields = Object.entries(schema?.properties ?? {}).map(([name, field]) => {
    const value = fc.oneof({ weight: 3, arbitrary: plausible(field, uuids) }, { weight: 2, arbitrary: strange })
    return [name, value] as const
  })
  const model = Object.fromEntries(fields)
  const filled = fc.oneof(
    fc.record(model, { requiredKeys: [] }),
    fc.record(model, { requiredKeys: schema?.required ?? [] }),
  )
  const extended = fc
    .tuple(filled, fc.dictionary(text, strange, { maxKeys: 2 }))
    .map((parts) => Object.assign({}, ...parts))
  return fc
    .oneof({ weight: 5, arbitrary: filled }, { weight: 2, arbitrary: extended }, { weight: 1, arbitrary: strange })
    .map((value) => JSON.stringify(value))
}

function bodyOf(operation: Operation, uuids: readonly string[]): fc.Arbitrary<Uint8Array | undefined> {
  const json = jsonBody(operation.body, uuids)
  const broken = fc.tuple(json, fc.nat(200)).map(([whole, at]) => whole.slice(0, at))
  const sized = fc.constantFrom(65_536, 65_537, 300_000).map((size) => `"${'x'.repeat(size - 2)}"`)
  const deep = fc.constantFrom(31, 33, 5_000, 30_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth))
  return fc.oneof(
    { weight: operation.body === undefined ? 1 : 10, arbitrary: json.map(bytesOf) },
    { weight: 2, arbitrary: broken.map(bytesOf) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)) },
    { weight: 1, arbitrary: fc.oneof(sized, deep).map(bytesOf) },
    { weight: operation.body === undefined ? 10 : 1, arbitrary: fc.constant(undefined) },
  )
}

/** What Node lets through as a header's value: visible characters and Latin-1. */
const headerValue = fc.oneof(
  text.map((value) => value.replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, '?')),
  fc.constantFrom(
    '"',
    'W/"',
    't=1,v1=',
    'Bearer ',
    'https://evil.example',
    'null',
    'mercat_visitor=%00.%ff; csrf_token=x',
  ),
)

/**
 * Requests that resemble what `operation` wants, with something wrong in most of them. `uuids` are ids that some of
 * them name, so that a part gets as far as the database.
 */
export function hostileRequest(operation: Operation, uuids: readonly string[]): fc.Arbitrary<RawRequest> {
  const named = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const names = fc.oneof(fc.constantFrom(...named, 'q'), inUrl)
  const segment = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...uuids) }, { weight: 3, arbitrary: inUrl })
  const segments = fc.array(segment, { minLength: 2, maxLength: 2 })
  const query = fc.array(fc.tuple(names, inUrl), { maxLength: 3 })
  const target = fc.tuple(segments, query).map(([parts, pairs]) => {
    let at = 0
    const path = operation.path.replaceAll(/\{[^}]+\}/g, () => parts[at++ % parts.length] ?? '')
    return pairs.length === 0 ? path : `${path}?${pairs.map((pair) => pair.join('=')).join('&')}`
  })
  return fc
    .record({
      method: fc.oneof(
        { weight: 12, arbitrary: fc.constant(operation.method) },
        { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
      ),
      target,
      type: fc.oneof({ weight: 8, arbitrary: fc.constant('application/json') }, fc.constantFrom(...TYPES)),
      headers: fc.dictionary(fc.constantFrom(...HEADERS), headerValue, { maxKeys: 2 }),
      body: bodyOf(operation, uuids),
    })
    .map(({ method, target, type, headers, body }) => ({
      method,
      target,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }),
    }))
}
