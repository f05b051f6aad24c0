import { openApiDocument } from '../../../src/http/openapi.ts'
import type { Policy } from '../../../src/http/policy.ts'
import { policyAt, surfaces } from '../support/policies.ts'

export type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  const?: unknown
  enum?: unknown[]
  default?: unknown
  example?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  minimum?: number
  minLength?: number
}

type Parameter = { name: string; in: string; required?: boolean; schema: Schema }

type Described = {
  operationId: string
  parameters?: Parameter[]
  security?: Record<string, string[]>[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, unknown>
}

/** An operation of the API as the tests need it; `body` is the schema of its JSON body, with references resolved. */
export type Operation = {
  name: string
  method: string
  path: string
  parameters: Parameter[]
  body: Schema | undefined
  responses: Record<string, unknown>
  security: Record<string, string[]>[]
  isChange: boolean
  /** What stands beside the route. */
  policy: Policy
  /** Nobody gets in without a session. */
  isForMembers: boolean
  /** Nobody gets in but operators and their tokens. */
  isForOperators: boolean
  /** Asks for no cookie and no token. */
  isPublic: boolean
}

const document = JSON.parse(JSON.stringify(openApiDocument(surfaces, 'http://shop.test'))) as {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema> }
}

export function resolve(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  const [first] = schema.allOf ?? []
  if (name !== undefined) return resolve(document.components.schemas[name] ?? {})
  return first === undefined ? schema : { ...resolve(first), ...schema }
}

export const operations: Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { operationId, parameters = [], security = [], requestBody, responses }]) => {
    const policy = policyAt(method, path)
    const schema = requestBody?.content['application/json']?.schema
    return {
      name: operationId,
      method: method.toUpperCase(),
      path,
      parameters,
      body: schema === undefined ? undefined : resolve(schema),
      responses,
      isChange: method !== 'get',
      security,
      policy,
      isForMembers: policy.access === 'member',
      isForOperators: typeof policy.access === 'object' || policy.access === 'operator',
      isPublic: policy.access === 'public' || policy.access === 'signed',
    }
  }),
)

const typeOf = ({ type }: Schema): string => [type].flat().find((name) => name !== 'null') ?? 'object'

const TEXT_BY_FORMAT: Record<string, string> = {
  uuid: '01990000-0000-7000-8000-000000000000',
  email: 'nobody@example.com',
  uri: 'https://example.com/',
  'date-time': '2026-01-01T00:00:00.000Z',
  date: '2026-01-01',
}

/** A value that the schema says is right: its example if it has one. */
export function sampleOf(given: Schema): unknown {
  const schema = resolve(given)
  const said = schema.const ?? schema.example ?? schema.default ?? schema.enum?.[0]
  if (said !== undefined) return said
  const [way] = schema.anyOf ?? schema.oneOf ?? []
  if (way !== undefined) return sampleOf(way)
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [name, sampleOf(property)]),
      )
    case 'array':
      return schema.items === undefined ? [] : [sampleOf(schema.items)]
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    default:
      return TEXT_BY_FORMAT[schema.format ?? ''] ?? 'x'.repeat(Math.max(8, schema.minLength ?? 0))
  }
}

/** A body that the operation's schema says is right, or undefined when it takes none. */
export const bodyOf = ({ body }: Operation): unknown => (body === undefined ? undefined : sampleOf(body))

/** Whether the schema takes texts, perhaps among other things. */
export const takesText = (given: Schema): boolean => {
  const schema = resolve(given)
  if (schema.const !== undefined || schema.enum !== undefined) return false
  return [schema.type].flat().includes('string') || [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].some(takesText)
}

/** Names of the body's fields that take texts. */
export const textFieldsOf = ({ body }: Operation): string[] =>
  Object.entries(body?.properties ?? {}).flatMap(([name, schema]) => (takesText(schema) ? [name] : []))

/** The address of the operation, with samples for what the path needs unless `values` name it. */
export function addressOf({ path, parameters }: Operation, values: Record<string, string> = {}): string {
  const inPath = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name)
    return encodeURIComponent(values[name] ?? String(sampleOf(parameter?.schema ?? { type: 'string' })))
  })
  const query = parameters
    .filter((one) => one.in === 'query' && (one.required === true || values[one.name] !== undefined))
    .map((one) => `${one.name}=${encodeURIComponent(values[one.name] ?? String(sampleOf(one.schema)))}`)
  return query.length === 0 ? inPath : `${inPath}?${query.join('&')}`
}
