import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TsType } from '@swc/core'
import { routes } from '../dev/stripe/resources/routes.ts'
import { findCalls } from './stripe-contract/calls.ts'
import { type Declaration, Declarations, namesOf, type Scope } from './stripe-contract/declarations.ts'
import { type Schema, SchemaWriter } from './stripe-contract/to-json-schema.ts'

// Writes the schemas of every request, answer and event that the Stripe emulator knows, from the types of Stripe's SDK.
// `--check` fails when the SDK or the emulator's routes have changed and the file has not.

const root = path.join(import.meta.dirname, '..')
const file = path.join(root, 'test', 'support', 'stripe-contract.json')
const sdk = path.join(root, 'node_modules', 'stripe')
const EVENT = { $ref: '#/definitions/Event' }

const declarations = new Declarations(path.join(sdk, 'esm'))
/** The address of a list within an object has no method of its own in the SDK, which asks for the list at the top. */
const WITHOUT_METHOD = new Map([['GET /v1/charges/{id}/refunds', 'GET /v1/refunds']])
const addresses = routes
  .map(({ method, segments }) => `${method} ${segments.join('/')}`)
  .filter((address) => !WITHOUT_METHOD.has(address))

/** What a call's promise holds: an object, or (`isList`) a list of them. */
function answerOf(type: TsType): { isList: boolean; type: TsType } {
  const [inner] = type.type === 'TsTypeReference' ? (type.typeParams?.params ?? []) : []
  if (type.type !== 'TsTypeReference' || inner === undefined) return { isList: false, type }
  return namesOf(type.typeName).join('.') === 'ApiListPromise' ? { isList: true, type: inner } : answerOf(inner)
}

/** The declarations that a type names. */
function named(type: TsType, scope: Scope): Declaration[] {
  if (type.type === 'TsUnionType') return type.types.flatMap((part) => named(part, scope))
  const found = type.type === 'TsTypeReference' ? declarations.find(scope, namesOf(type.typeName)) : undefined
  if (found === undefined) throw new Error(`An answer in ${scope.id} is none of the API's objects`)
  return 'alias' in found ? named(found.alias, found.scope) : [found]
}

const calls = findCalls(declarations, path.join(sdk, 'esm'), addresses).map((call) => {
  const { isList, type } = answerOf(call.signature.returns)
  return { ...call, isList, objects: named(type, call.scope) }
})
const isEvent = ({ id }: Declaration) => id.startsWith('Events.')
const objects = new Set(calls.flatMap((call) => call.objects).filter((object) => !isEvent(object)))
const writer = new SchemaWriter(declarations, (declaration) => objects.has(declaration))

function answerSchema({ isList, objects: answered }: (typeof calls)[number]): Schema {
  const ways = answered.some(isEvent) ? [EVENT] : answered.map((object) => writer.refer(object, 'json'))
  const [only] = ways
  const schema: Schema = ways.length === 1 && only !== undefined ? only : { anyOf: ways }
  return isList ? writer.list(schema) : schema
}

/** The events about objects that the calls return, told apart by `type`. */
function eventSchema(): Schema {
  const events = new Set(calls.flatMap((call) => call.objects).filter(isEvent))
  const about = [...events].filter((event) => {
    const data = declarations.find(event.scope, [event.id.replace(/^Events\./, ''), 'Data'])
    return data !== undefined && writer.propertyOf(data, 'object') !== false
  })
  return {
    type: 'object',
    discriminator: { propertyName: 'type' },
    required: ['type'],
    oneOf: about.map((event) => writer.refer(event, 'json')),
  }
}

/** The definitions that something refers to, by name. */
function used(from: unknown, definitions: ReadonlyMap<string, Schema>): [string, Schema][] {
  const names = new Set<string>()
  const visit = (schema: unknown): void => {
    for (const [, name = ''] of JSON.stringify(schema).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
      if (names.has(name)) continue
      names.add(name)
      visit(definitions.get(name))
    }
  }
  visit(from)
  return [...names].toSorted().map((name) => [name, definitions.get(name) ?? false])
}

const byAddress = calls.map((call): [string, unknown] => {
  const { params } = call.signature
  const request =
    params === undefined ? { type: 'object', additionalProperties: false } : writer.write(params, call.scope, 'form')
  return [`${call.method} ${call.path}`, { request, answer: answerSchema(call) }]
})
for (const [address, likeness] of WITHOUT_METHOD)
  byAddress.push([address, byAddress.find(([name]) => name === likeness)?.[1]])
writer.definitions.set('Event', eventSchema())

const version: unknown = JSON.parse(readFileSync(path.join(sdk, 'package.json'), 'utf8')).version
const lines = (entries: [string, unknown][]) =>
  entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',\n')
const text = `{"stripe":${JSON.stringify(version)},
"calls":{
${lines(byAddress)}
},
"definitions":{
${lines(used(byAddress, writer.definitions))}
}}
`

if (!process.argv.includes('--check')) {
  writeFileSync(file, text)
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('test/support/stripe-contract.json is not what the SDK says: run npm run generate:stripe-contract')
  process.exitCode = 1
}
