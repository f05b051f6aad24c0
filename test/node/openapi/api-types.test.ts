import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiDocument, apiTypes, typeOf } from '../../../scripts/api-types/generate.ts'

type Schema = Record<string, unknown>

const ROOT = path.resolve(import.meta.dirname, '../../..')
const document: ApiDocument = JSON.parse(readFileSync(path.join(ROOT, 'openapi.json'), 'utf8'))
let folder: string

/** Modules beside the types, by name; the compiler reads all of them once. */
const modules = new Map<string, string>()
let output: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'mercat-api-types-'))
  writeFileSync(path.join(folder, 'api.ts'), apiTypes(document))
  const files = [...modules].map(([name, source]) => {
    writeFileSync(path.join(folder, `${name}.ts`), `import type { paths } from './api.ts'\n${source}`)
    return `${name}.ts`
  })
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--allowImportingTsExtensions']
  const rest = ['--skipLibCheck', '--lib', 'es5', '--types', '', '--module', 'esnext', '--target', 'esnext']
  const tsc = path.join(ROOT, 'node_modules', '.bin', 'tsc')
  output = await promisify(execFile)(tsc, [...strict, ...rest, 'api.ts', ...files], { cwd: folder }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What the compiler says of a module. */
const complaints = (name: string): string =>
  output
    .split('\n')
    .filter((line) => line.startsWith(`${name}.ts(`))
    .join('\n')

/** A value of a schema with only the fields that it requires. */
function least(schema: Schema): unknown {
  const { $ref, properties, required, type, enum: values, anyOf, const: only } = schema
  if (typeof $ref === 'string') return least(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {})
  if (only !== undefined) return only
  if (Array.isArray(values)) return values[0]
  if (Array.isArray(anyOf)) return least(anyOf[0])
  switch ([type].flat()[0]) {
    case 'object': {
      const names: string[] = Array.isArray(required) ? required : []
      return Object.fromEntries(names.map((name) => [name, least(Object(properties)[name])]))
    }
    case 'string':
      return 'x'
    case 'integer':
    case 'number':
      return 1
    case 'array':
      return []
    case 'boolean':
      return true
    default:
      return null
  }
}

const operations = Object.entries(document.paths).flatMap(([at, item]) =>
  Object.entries(item).map(([method, operation]) => ({ at, method, operation })),
)

/** A constant that is a call of the operation with only what it requires. */
function leastCall({ at, method, operation }: (typeof operations)[number], index: number): string {
  const parameters = (operation.parameters ?? []).filter(({ required = false }) => required)
  const places = Object.groupBy(parameters, (parameter) => parameter.in)
  const given = Object.fromEntries(
    Object.entries(places).map(([place, here = []]) => [
      place,
      Object.fromEntries(here.map(({ name, schema }) => [name, least(schema)])),
    ]),
  )
  const type = `paths[${JSON.stringify(at)}][${JSON.stringify(method)}]`
  const body = operation.requestBody?.content['application/json']?.schema
  return [
    `export const parameters${index}: ${type}['parameters'] = ${JSON.stringify(given)}`,
    body === undefined || operation.requestBody?.required !== true
      ? ''
      : `export const body${index}: ${type}['requestBody']['content']['application/json'] = ${JSON.stringify(least(body))}`,
  ].join('\n')
}

const ITEM = "paths['/v1/cart/items']['post']['requestBody']['content']['application/json']"
const PROBLEM = "paths['/v1/checkout']['post']['responses'][409]['content']['application/problem+json']"
const narrowed = (code: string, member: string) => `
  export function read(problem: ${PROBLEM}): unknown {
    return problem.code === '${code}' ? problem.${member} : undefined
  }`

modules.set('calls', operations.map(leastCall).join('\n'))
modules.set('missing', `export const body: ${ITEM} = { sku_id: 'x' }`)
modules.set('unknown', `export const body: ${ITEM} = { sku_id: 'x', quantity: 1, colour: 'red' }`)
modules.set('wrong', `export const body: ${ITEM} = { sku_id: 'x', quantity: '1' }`)
modules.set('its-member', narrowed('insufficient-stock', 'skus[0]?.sku_id'))
modules.set('no-member', narrowed('cart-changed', 'skus'))
modules.set('no-code', narrowed('out-of-luck', 'code'))

test('every operation can be called with only the required fields given', () => {
  expect(operations.length).toBeGreaterThan(30)
  expect(complaints('calls')).toBe('')
  expect(complaints('api')).toBe('')
})

test('a field that is missing, too many or of another type does not compile', () => {
  expect(complaints('missing')).toMatch(/'quantity' is missing/)
  expect(complaints('unknown')).toMatch(/'colour' does not exist/)
  expect(complaints('wrong')).toMatch(/'string' is not assignable to type 'number'/)
})

test('a problem tells by its code which members it has', () => {
  expect(complaints('its-member')).toBe('')
  expect(complaints('no-member')).toContain("'skus' does not exist")
  expect(complaints('no-code')).toContain('no overlap')
})

describe('the generator refuses what it does not know', () => {
  test.each<[string, Schema]>([
    ['a keyword', { type: 'object', patternProperties: {} }],
    ['a type', { type: 'tuple' }],
    ['a list of nothing', { type: 'array' }],
    ['a reference elsewhere', { $ref: 'other.json#/Cart' }],
    ['a keyword deep inside', { type: 'object', properties: { a: { type: 'array', items: { if: {} } } } }],
  ])('%s', (_, schema) => expect(() => typeOf(schema)).toThrow(/Unknown|reference to something|does not say of what/))
})
