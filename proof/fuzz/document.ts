import { readFileSync } from 'node:fs'
import path from 'node:path'

export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  const?: unknown
  enum?: unknown[]
  default?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  prefixItems?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header' | 'cookie'
  required?: boolean
  schema: Schema
}

export interface DocumentedAnswer {
  $ref?: string
  content?: Record<string, { schema?: Schema }>
}

export interface Operation {
  id: string
  method: string
  path: string
  parameters: Parameter[]
  /** The schema of its JSON body; undefined when it takes none. */
  body: Schema | undefined
  /** By status; `default` stands for every refusal that has no entry of its own. */
  answers: Record<string, DocumentedAnswer>
  /** Whether it needs a session. */
  isForMembers: boolean
  isChange: boolean
}

interface Described {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, DocumentedAnswer>
  security?: Record<string, string[]>[]
}

export interface ApiDocument {
  paths: Record<string, Record<string, Described>>
  components: {
    schemas: Record<string, Schema>
    responses: Record<string, DocumentedAnswer>
    /** One of each problem. */
    examples: Record<string, { value: { code: string; status: number } }>
  }
}

/** The committed OpenAPI document; `npm run verify` keeps it in line with the routes. */
export function readDocument(): ApiDocument {
  const file = path.resolve(import.meta.dirname, '../..', 'openapi.json')
  return JSON.parse(readFileSync(file, 'utf8')) as ApiDocument
}

/** A response, or the component that it refers to. */
const answerOf = ({ responses }: ApiDocument['components'], answer: DocumentedAnswer): DocumentedAnswer =>
  responses[answer.$ref?.split('/').at(-1) ?? ''] ?? answer

export function operationsOf({ paths, components }: ApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({
      id: described.operationId,
      method: method.toUpperCase(),
      path,
      parameters: described.parameters ?? [],
      body: described.requestBody?.content['application/json']?.schema,
      answers: Object.fromEntries(
        Object.entries(described.responses).map(([status, answer]) => [status, answerOf(components, answer)]),
      ),
      isForMembers: isForMembers(described.security ?? []),
      isChange: method !== 'get',
    })),
  )
}

const isForMembers = (security: Record<string, string[]>[]): boolean =>
  security.length > 0 && security.every((way) => 'session' in way || 'bearer' in way)

/** Resolves references and merges `allOf` into one schema, as far as value generation needs it. */
export function resolve(document: ApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  if (name !== undefined) return resolve(document, document.components.schemas[name] ?? {})
  if (schema.allOf === undefined) return schema
  const parts = schema.allOf.map((part) => resolve(document, part))
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  }
}

/** Finds the operation for a method and path, as a router would: literal segments before parameters. */
export function createMatcher(operations: Operation[]): (method: string, pathname: string) => Operation | undefined {
  const routes = operations
    .map((operation) => {
      const words = operation.path.split('/')
      const pattern = words.map((word) => (word.startsWith('{') ? '[^/]+' : word.replaceAll('.', '\\.'))).join('/')
      return {
        operation,
        pattern: new RegExp(`^${pattern}$`),
        parameters: words.filter((word) => word.startsWith('{')).length,
      }
    })
    .toSorted((a, b) => a.parameters - b.parameters)
  return (method, pathname) =>
    routes.find(({ operation, pattern }) => operation.method === method && pattern.test(pathname))?.operation
}
