import fc from 'fast-check'
import { bodyOf, weighted } from './body-template.ts'
import type { Body, Kind, Valid } from './body-template.ts'
import type { ApiDocument, Operation, Parameter } from './document.ts'
import { edgesOf, validValue } from './from-schema.ts'
import { foreignFor, hintFor } from './hints.ts'
import * as hostile from './hostile-values.ts'

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
/** The credentials of a request. None of them proves to be anybody but the sender. */
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
  body: Body
  isChunked: boolean
}

type Part = Pick<RequestTemplate, 'path' | 'query' | 'headers'>

/** Requests of one kind for an operation. */
export function requestsFor(document: ApiDocument, operation: Operation, kind: Kind): fc.Arbitrary<RequestTemplate> {
  const valid = (name: string, schema: Parameter['schema']): fc.Arbitrary<unknown> => {
    const right = hintFor(operation.id, name) ?? validValue(document, schema)
    const foreign = kind === 'foreign' ? foreignFor(operation.id, name) : undefined
    return foreign === undefined ? right : weighted<unknown>([5, foreign], [1, right])
  }
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

const encode = (value: unknown): string =>
  String(value)
    .toWellFormed()
    .split(/(⟦[^⟧]*⟧)/)
    .map((piece) => (piece.startsWith('⟦') ? piece : encodeURIComponent(piece)))
    .join('')

function partsOf(document: ApiDocument, operation: Operation, kind: Kind, valid: Valid): fc.Arbitrary<Part> {
  const valueOf = (parameter: Parameter): fc.Arbitrary<string> => {
    const right = valid(parameter.name, parameter.schema).map(encode)
    if (kind === 'valid' || kind === 'foreign') return right
    const edges = edgesOf(document, parameter.schema).map(encode)
    if (kind === 'edge') return weighted([2, right], [3, fc.constantFrom(...edges)])
    const foreign = foreignFor(operation.id, parameter.name)
    const strange = foreign === undefined ? hostile.inAddress : weighted([2, hostile.inAddress], [2, foreign])
    return weighted([3, right], [1, fc.constantFrom(...edges)], [4, strange])
  }
  const isPlain = kind === 'valid' || kind === 'foreign'
  const of = (where: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === where)
  const inPath = fc.record(Object.fromEntries(of('path').map((parameter) => [parameter.name, valueOf(parameter)])))
  const optional = (parameter: Parameter) => {
    const pair = valueOf(parameter).map((value): [string, string][] => [[parameter.name, value]])
    const must = (parameter.required === true || parameter.name === 'stripe-signature') && isPlain
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

/** Undoes the encoding for addresses; characters that no header can contain become `?`. */
function decodeURIComponentIfCan(value: string): string {
  try {
    return decodeURIComponent(value).replaceAll(/[^\t\x20-\x7e\xa0-\xff⟦⟧]/g, '?')
  } catch {
    return value
  }
}
