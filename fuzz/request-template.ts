import fc from 'fast-check'
import type { ApiDocument, Operation, Parameter } from './document.ts'
import { resolve } from './document.ts'
import { edgesOf, validValue } from './from-schema.ts'
import { foreignFor, hintFor } from './hints.ts'
import * as hostile from './hostile-values.ts'
import { placeholder } from './placeholders.ts'

export type Kind = 'valid' | 'edge' | 'hostile'

export const CALLERS = [
  'own',
  'bearer',
  'nobody',
  'without-csrf',
  'csrf-of-another',
  'tampered-cookies',
  'tampered-bearer',
  'doubled-cookies',
  'visitor-only',
] as const
/** How a request proves who sends it; none of them can prove to be anybody but its own sender. */
export type Caller = (typeof CALLERS)[number]

/** A request as it was generated: the same for the same seed, with placeholders for what differs from run to run. */
export interface RequestTemplate {
  operation: string
  kind: Kind
  caller: Caller
  method: string
  path: string
  /** Names and values, encoded. */
  query: [string, string][]
  headers: [string, string][]
  /** Text, or bytes in Base64. */
  body: { text: string } | { base64: string } | null
  isChunked: boolean
}

type Part = Pick<RequestTemplate, 'path' | 'query' | 'headers'>
type Body = RequestTemplate['body']

const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** Requests of one kind for an operation. */
export function requestsFor(document: ApiDocument, operation: Operation, kind: Kind): fc.Arbitrary<RequestTemplate> {
  const valid = (name: string, schema: Parameter['schema']) =>
    hintFor(operation.id, name) ?? validValue(document, schema)
  const isClean = kind !== 'hostile'
  const clean = fc.constantFrom<Caller>('own', 'own', 'own', 'bearer')
  const anyCaller = weighted<Caller>([6, clean], [4, fc.constantFrom(...CALLERS)])
  return fc
    .record({
      caller: isClean ? clean : anyCaller,
      method: isClean
        ? fc.constant(operation.method)
        : weighted([12, fc.constant(operation.method)], [1, hostile.method]),
      parts: partsOf(document, operation, kind, valid),
      body: bodyOf(document, operation, kind, valid),
      type: isClean
        ? fc.constant(operation.id === 'unsubscribe' ? 'application/x-www-form-urlencoded' : 'application/json')
        : weighted([8, fc.constant('application/json')], [1, hostile.contentType]),
      more: isClean ? fc.constant([]) : fc.array(hostile.header, { maxLength: 2 }),
      isChunked: isClean ? fc.constant(false) : weighted([9, fc.constant(false)], [1, fc.constant(true)]),
    })
    .map(({ caller, method, parts, body, type, more, isChunked }) => {
      const sent = method === 'GET' || method === 'HEAD' ? null : body
      const headers = [
        ...parts.headers,
        ...more,
        ...(sent === null ? [] : [['content-type', type] as [string, string]]),
      ]
      return { operation: operation.id, kind, caller, method, ...parts, headers, body: sent, isChunked }
    })
}

type Valid = (name: string, schema: Parameter['schema']) => fc.Arbitrary<unknown>

const encode = (value: unknown): string =>
  String(value)
    .toWellFormed()
    .split(/(⟦[^⟧]*⟧)/)
    .map((piece) => (piece.startsWith('⟦') ? piece : encodeURIComponent(piece)))
    .join('')

function partsOf(document: ApiDocument, operation: Operation, kind: Kind, valid: Valid): fc.Arbitrary<Part> {
  const valueOf = (parameter: Parameter): fc.Arbitrary<string> => {
    const right = valid(parameter.name, parameter.schema).map(encode)
    if (kind === 'valid') return right
    const edges = edgesOf(document, parameter.schema).map(encode)
    if (kind === 'edge') return weighted([2, right], [3, fc.constantFrom(...edges)])
    const foreign = foreignFor(operation.id, parameter.name)
    const strange = foreign === undefined ? hostile.inAddress : weighted([2, hostile.inAddress], [2, foreign])
    return weighted([3, right], [1, fc.constantFrom(...edges)], [4, strange])
  }
  const of = (where: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === where)
  const inPath = fc.record(Object.fromEntries(of('path').map((parameter) => [parameter.name, valueOf(parameter)])))
  const optional = (parameter: Parameter) => {
    const pair = valueOf(parameter).map((value): [string, string][] => [[parameter.name, value]])
    const must = (parameter.required === true || parameter.name === 'stripe-signature') && kind === 'valid'
    return must ? pair : weighted<[string, string][]>([2, pair], [parameter.required === true ? 1 : 3, fc.constant([])])
  }
  const named = (where: Parameter['in']) => fc.tuple(...of(where).map(optional)).map((pairs) => pairs.flat())
  const names = of('query').map(({ name }) => name)
  const extra = fc.array(
    fc.tuple(weighted([3, fc.constantFrom(...names, 'q')], [1, hostile.inAddress]), hostile.inAddress),
    { maxLength: 3 },
  )
  const query =
    kind === 'hostile' ? fc.tuple(named('query'), extra).map(([known, more]) => [...known, ...more]) : named('query')
  return fc.record({ inPath, query, headers: named('header') }).map(({ inPath, query, headers }) => ({
    path: operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => inPath[name] ?? ''),
    query,
    headers: headers.map(([name, value]): [string, string] => [name, decodeURIComponentIfCan(value)]),
  }))
}

/** Headers are not encoded as addresses are; what no header can carry is left out. */
function decodeURIComponentIfCan(value: string): string {
  try {
    return decodeURIComponent(value).replaceAll(/[^\t\x20-\x7e\xa0-\xff⟦⟧]/g, '?')
  } catch {
    return value
  }
}

function bodyOf(document: ApiDocument, operation: Operation, kind: Kind, valid: Valid): fc.Arbitrary<Body> {
  const text = (value: unknown): Body => ({ text: JSON.stringify(value) })
  if (operation.id === 'handleEvent')
    return kind === 'hostile' ? weighted([2, signedEvents], [2, anyBody(fc.constant({}))]) : signedEvents
  if (operation.body === undefined) {
    if (operation.id === 'unsubscribe')
      return fc.constantFrom<Body>(null, { text: 'List-Unsubscribe=One-Click' }, { text: 'from_page=1' })
    return kind === 'hostile'
      ? weighted<Body>([8, fc.constant(null)], [2, anyBody(hostile.anything)])
      : fc.constant(null)
  }
  const { properties = {}, required = [] } = resolve(document, operation.body)
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valid(name, schema)]))
  const right = fc.record(fields, { requiredKeys: required })
  if (kind === 'valid') return right.map(text)
  const changes = Object.entries(properties).flatMap(([name, schema]) => [
    { name, isLeftOut: true, value: undefined },
    ...edgesOf(document, schema).map((value) => ({ name, isLeftOut: false, value })),
  ])
  const extra = { name: 'unknown_field', isLeftOut: false, value: 1 }
  const edge = fc
    .tuple(right, fc.array(fc.constantFrom(...changes, extra), { minLength: 1, maxLength: 2 }))
    .map(([whole, some]) => {
      const body: Record<string, unknown> = { ...whole }
      for (const { name, isLeftOut, value } of some) {
        if (isLeftOut) delete body[name]
        else body[name] = value
      }
      return body
    })
  if (kind === 'edge') return edge.map(text)
  const mixed = fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => {
        const foreign = foreignFor(operation.id, name) ?? hostile.anything
        return [name, weighted<unknown>([4, value], [2, hostile.anything], [1, foreign])]
      }),
    ),
    { requiredKeys: [] },
  )
  const extended = fc
    .tuple(mixed, fc.dictionary(hostile.text, hostile.anything, { maxKeys: 2 }))
    .map((parts) => Object.assign({}, ...parts))
  return weighted<Body>(
    [5, mixed.map(text)],
    [2, extended.map(text)],
    [1, edge.map(text)],
    [2, anyBody(weighted<unknown>([3, right], [1, hostile.anything]))],
  )
}

/** Broken, doubled, of other kinds, not there. */
function anyBody(value: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  const json = value.map((whole) => JSON.stringify(whole))
  const broken = fc.tuple(json, fc.nat(200)).map(([whole, at]): Body => ({ text: whole.slice(0, at) }))
  const doubled = fc.tuple(json, json).map(([first, second]): Body => ({
    text:
      first.startsWith('{') && first.length > 2 && second.startsWith('{')
        ? `${first.slice(0, -1)},${second.slice(1)}`
        : second,
  }))
  const bytes = fc.uint8Array({ maxLength: 60 }).map((some): Body => ({ base64: Buffer.from(some).toString('base64') }))
  const other = json.map((whole): Body => ({ base64: Buffer.from(whole, 'utf16le').toString('base64') }))
  const whole = json.map((each): Body => ({ text: each }))
  const none = hostile.noJson.map((each): Body => ({ text: each }))
  return weighted<Body>(
    [2, whole],
    [2, broken],
    [2, doubled],
    [1, bytes],
    [1, other],
    [2, none],
    [1, fc.constant(null)],
  )
}

const EVENT_TYPES = ['completed', 'expired', 'async_payment_succeeded', 'async_payment_failed'].map(
  (end) => `checkout.session.${end}`,
)

/** Events of Stripe's form about the caller's own payment page, or of kinds that mean nothing to a shop. */
const signedEvents: fc.Arbitrary<Body> = fc
  .record({
    type: fc.constantFrom(...EVENT_TYPES, 'customer.created', 'price.updated'),
    at: fc.nat(50),
    created: fc.nat(2 ** 31 - 1),
  })
  .map(({ type, at, created }) => ({
    text: JSON.stringify({
      id: placeholder('new', 'eventId', at),
      type,
      created,
      data: { object: { id: placeholder('own', 'checkoutSession', at) } },
    }),
  }))
