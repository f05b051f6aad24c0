import addFormats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import type { ApiDocument, Operation, Schema } from './document.ts'

export type Validate = (value: unknown) => string[]

export interface AnswerSchemas {
  /** What is wrong with a JSON body; undefined when the operation documents no body of this type for the status. */
  findAnswer(operation: Operation, status: number, type: string): Validate | undefined
  /** Media types documented for the status, empty for an answer without a body; undefined for an undocumented status. */
  typesOf(operation: Operation, status: number): string[] | undefined
  /** Whether the document calls a value a body of the operation. */
  isBody(operation: Operation, value: unknown): boolean
}

/**
 * JSON Schema allows every field that it does not name. An answer with a field that nobody documented is a mistake all
 * the same, so every object of an answer is closed where it is used; parts of an `allOf` stay open for one another.
 */
export function closed(schema: Schema): Schema {
  const { properties, items, prefixItems, anyOf, oneOf, allOf } = schema
  const inside: Schema = {
    ...schema,
    ...(properties === undefined ? {} : { properties: mapValues(properties, closed) }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(prefixItems === undefined ? {} : { prefixItems: prefixItems.map(closed) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(closed) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(closed) }),
    ...(allOf === undefined ? {} : { allOf: allOf.map(closedInside) }),
  }
  const isObject = schema.$ref !== undefined || allOf !== undefined || properties !== undefined
  return isObject ? Object.assign(inside, { unevaluatedProperties: false }) : inside
}

const mapValues = (from: Record<string, Schema>, change: (schema: Schema) => Schema): Record<string, Schema> =>
  Object.fromEntries(Object.entries(from).map(([name, schema]) => [name, change(schema)]))

/** The same for a part of an `allOf`: its fields' schemas are closed, the part itself is open. */
function closedInside(schema: Schema): Schema {
  const { unevaluatedProperties: _, ...open } = closed(schema) as Schema & { unevaluatedProperties?: boolean }
  return open
}

/** Compiles the document's schemas when they are first asked for. */
export function createAnswerSchemas(document: ApiDocument): AnswerSchemas {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'api', components: { schemas: mapValues(document.components.schemas, closedInside) } })
  ajv.addSchema({ $id: 'given', components: document.components })
  const compiled = new Map<string, ValidateFunction>()
  const compile = (key: string, root: 'api' | 'given', schema: Schema): ValidateFunction => {
    const known = compiled.get(key)
    if (known !== undefined) return known
    const text = JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${root}#/`)
    const validate = ajv.compile(JSON.parse(text))
    compiled.set(key, validate)
    return validate
  }
  const answerOf = ({ answers }: Operation, status: number) =>
    answers[status] ?? (status >= 400 ? answers['default'] : undefined)
  return {
    typesOf(operation, status) {
      const answer = answerOf(operation, status)
      return answer === undefined ? undefined : Object.keys(answer.content ?? {})
    },
    findAnswer(operation, status, type) {
      const schema = answerOf(operation, status)?.content?.[type]?.schema
      if (schema === undefined) return undefined
      const validate = compile(`${operation.id} ${status} ${type}`, 'api', closed(schema))
      return (value) =>
        validate(value)
          ? []
          : (validate.errors ?? []).map(
              ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
            )
    },
    isBody: (operation, value) =>
      operation.body === undefined || compile(`body of ${operation.id}`, 'given', operation.body)(value),
  }
}
