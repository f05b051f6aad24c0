// Types of the API from its OpenAPI document, in the shape that openapi-fetch takes (`paths`, `components`). What the
// document says in a way that is not known here is refused, so that no type is ever wider than the document.

type Schema = { [keyword: string]: unknown }
type Content = Record<string, { schema?: Schema }>
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema: Schema }
type Response = { $ref?: string; headers?: Record<string, { schema: Schema; required?: boolean }>; content?: Content }
type Operation = {
  summary?: string
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, Response>
}
export type ApiDocument = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> }
}

/** Keywords that restrict values, and say nothing about their type. */
const BEYOND_TYPES = new Set(
  `description example examples title deprecated discriminator format pattern minLength maxLength minimum maximum
   exclusiveMinimum exclusiveMaximum minItems maxItems`.split(/\s+/),
)
const OF_TYPES = new Set(
  'type properties required additionalProperties items enum const anyOf oneOf allOf $ref'.split(' '),
)
const METHODS = ['get', 'put', 'post', 'delete', 'patch']
const PLACES = ['query', 'header', 'path', 'cookie']

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const schemasOf = (value: unknown): Schema[] => listOf(value).filter(isSchema)
const nameOf = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))
const union = (ways: string[]): string => (ways.length === 0 ? 'never' : [...new Set(ways)].join(' | '))
const comment = (text: unknown): string =>
  typeof text === 'string' ? `/** ${text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */\n` : ''

/** A field with its comment, from its schema and its type. */
const field = (name: string, { description }: Schema, type: string, isRequired: boolean): string =>
  `${comment(description)}${nameOf(name)}${isRequired ? '' : '?'}: ${type}`

const block = (fields: string[]): string =>
  fields.length === 0 ? 'Record<string, never>' : `{\n${fields.join('\n')}\n}`

/** The TypeScript type of a schema. Throws for a keyword that it does not know. */
export function typeOf(schema: Schema): string {
  for (const keyword of Object.keys(schema))
    if (!OF_TYPES.has(keyword) && !BEYOND_TYPES.has(keyword)) throw new Error(`Unknown keyword in a schema: ${keyword}`)
  if (typeof schema['$ref'] === 'string') return referTo(schema['$ref'])
  if ('const' in schema) return JSON.stringify(schema['const'])
  if ('enum' in schema) return union(listOf(schema['enum']).map((value) => JSON.stringify(value)))
  const choices = schema['anyOf'] ?? schema['oneOf']
  if (choices !== undefined) return `(${union(schemasOf(choices).map(typeOf))})`
  const own =
    'type' in schema ? union([schema['type']].flat().map((type) => plainType(String(type), schema))) : undefined
  const parts = schemasOf(schema['allOf']).map(typeOf)
  return [...parts, ...(own === undefined ? [] : [own])].join(' & ') || 'unknown'
}

function referTo(reference: string): string {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1]
  if (name === undefined) throw new Error(`A reference to something that is no schema: ${reference}`)
  return `components['schemas'][${JSON.stringify(name)}]`
}

function plainType(type: string, schema: Schema): string {
  switch (type) {
    case 'null':
    case 'boolean':
    case 'string':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      if (!isSchema(schema['items'])) throw new Error('A list that does not say of what')
      return `(${typeOf(schema['items'])})[]`
    case 'object':
      return objectType(schema)
    default:
      throw new Error(`Unknown type in a schema: ${type}`)
  }
}

function objectType({ properties = {}, required, additionalProperties }: Schema): string {
  const always = new Set(listOf(required))
  const fields = Object.entries(isSchema(properties) ? properties : {}).map(([name, part]) => {
    if (!isSchema(part)) throw new Error(`${name} has no schema`)
    return field(name, part, typeOf(part), always.has(name))
  })
  const others = isSchema(additionalProperties) ? typeOf(additionalProperties) : undefined
  if (others !== undefined && fields.length === 0) return `Record<string, ${others}>`
  if (others !== undefined) throw new Error('An object with both fields of its own and any others')
  return block(fields)
}

const contentType = (content: Content): string =>
  block(Object.entries(content).map(([type, { schema = {} }]) => field(type, {}, typeOf(schema), true)))

function parametersType(parameters: Parameter[]): string {
  const fields = PLACES.map((place) => {
    const here = parameters.filter((parameter) => parameter.in === place)
    if (here.length === 0) return `${place}?: never`
    const types = here.map(({ name, schema, required = false }) => field(name, schema, typeOf(schema), required))
    return `${place}${here.some(({ required }) => required) ? '' : '?'}: ${block(types)}`
  })
  const unknown = parameters.find((parameter) => !PLACES.includes(parameter.in))
  if (unknown !== undefined) throw new Error(`${unknown.name} is in an unknown place: ${unknown.in}`)
  return block(fields)
}

function responseType(document: ApiDocument, given: Response): string {
  const { headers = {}, content } = document.components.responses[given.$ref?.split('/').at(-1) ?? ''] ?? given
  const named = Object.entries(headers).map(([name, { schema, required = false }]) =>
    field(name, schema, typeOf(schema), required),
  )
  return block([
    `headers: ${block([...named, '[name: string]: unknown'])}`,
    content === undefined ? 'content?: never' : `content: ${contentType(content)}`,
  ])
}

function operationType(document: ApiDocument, { parameters = [], requestBody, responses }: Operation): string {
  const answers = Object.entries(responses).map(
    ([status, response]) => `${status}: ${responseType(document, response)}`,
  )
  const body = requestBody === undefined ? 'requestBody?: never' : bodyField(requestBody)
  return block([`parameters: ${parametersType(parameters)}`, body, `responses: ${block(answers)}`])
}

const bodyField = ({ required = false, content }: NonNullable<Operation['requestBody']>): string =>
  `requestBody${required ? '' : '?'}: ${block([`content: ${contentType(content)}`])}`

/** The text of a module with the types `paths` and `components` of a document. */
export function apiTypes(document: ApiDocument): string {
  const paths = Object.entries(document.paths).map(([path, operations]) => {
    const unknown = Object.keys(operations).find((method) => !METHODS.includes(method))
    if (unknown !== undefined) throw new Error(`${path} has something besides methods: ${unknown}`)
    const fields = METHODS.map((method) => {
      const operation = operations[method]
      if (operation === undefined) return `${method}?: never`
      return `${comment(operation.summary)}${method}: ${operationType(document, operation)}`
    })
    return `${JSON.stringify(path)}: ${block([`parameters: ${parametersType([])}`, ...fields])}`
  })
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) =>
    field(name, schema, typeOf(schema), true),
  )
  return `// Made from openapi.json by \`npm run generate:api-types\`.

export interface paths ${block(paths)}

export interface components ${block([`schemas: ${block(schemas)}`])}
`
}
