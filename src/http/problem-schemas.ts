import { OpenAPIHono, z } from '@hono/zod-openapi'
import { FIELD_ERRORS } from '../shared/field-errors.ts'
import { type ErrorCode, isErrorCode, PROBLEMS, problemOf } from '../shared/problems.ts'

// Problems in the OpenAPI document: a schema and an example for each code, made from `PROBLEMS`.

const MEDIA_TYPE = 'application/problem+json'

const CODES = Object.keys(PROBLEMS).filter(isErrorCode).toSorted()

const fieldErrorSchema = () =>
  z
    .object({
      field: z
        .string()
        .openapi({ description: 'Path of the field; `json`, `query`, `param` or `header` for the whole' }),
      code: z.enum(Object.keys(FIELD_ERRORS)).openapi({ description: 'Stable; programs decide by it' }),
      message: z.string().openapi({ description: 'For people; may change' }),
    })
    .openapi('FieldError')

/** RFC 9457 problem document. */
const problemSchema = () =>
  z.object({
    type: z.string().openapi({ description: '`urn:mercat:problem:` and the code' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: 'For people; may change' }),
    code: z.enum(CODES).openapi({ description: 'Stable; programs decide by it' }),
    request_id: z.string(),
  })

/** `insufficient-stock` → `InsufficientStockProblem`. */
const schemaName = (code: ErrorCode): string =>
  `${code.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}Problem`

function schemaOf(code: ErrorCode): z.ZodObject {
  const { status, members, errors } = problemOf(code)
  return problemSchema().extend({
    type: z.literal(`urn:mercat:problem:${code}`),
    status: z.literal(status),
    code: z.literal(code),
    ...(errors === undefined ? {} : { errors: z.array(fieldErrorSchema()).optional() }),
    ...members?.shape,
  })
}

function exampleOf(code: ErrorCode) {
  const { status, title, when, detail, memberExample, errors } = problemOf(code)
  const value = {
    type: `urn:mercat:problem:${code}`,
    title,
    status,
    detail,
    code,
    request_id: '01a1fc40-de1b-73c8-9f67-8abfcde073d8',
    ...(errors === undefined ? {} : { errors }),
    ...memberExample,
  }
  return { summary: when, value }
}

/** The components for all problems; `Problem` is any of them. A function, so that no purchase pays for making them. */
export function problemComponents() {
  const { openAPIRegistry: registry, getOpenAPI31Document } = new OpenAPIHono()
  for (const code of CODES) registry.register(schemaName(code), schemaOf(code))
  const { components } = getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } })
  return {
    schemas: { ...components?.schemas, Problem: oneOf(CODES) },
    examples: Object.fromEntries(CODES.map((code) => [code, exampleOf(code)])),
    responses: { AnyProblem: anyProblem() },
  }
}

const MARK = 'x-problems'

/**
 * The `responses` entries for the problems that a route's verb throws; `openapi.ts` adds those of the middleware. Their
 * type is `object`, so that the handler's return type does not include them: a handler throws problems.
 */
export function problems(...codes: ErrorCode[]): object {
  const byStatus = Object.groupBy(codes, (code) => problemOf(code).status)
  return Object.fromEntries(Object.entries(byStatus).map(([status, of]) => [status, { [MARK]: of }]))
}

/** The codes of a response that `problems` made; empty for other responses. */
export function problemsOf(response: unknown): ErrorCode[] {
  const marked = typeof response === 'object' && response !== null && MARK in response ? response[MARK] : []
  return Array.isArray(marked) ? marked.filter(isErrorCode) : []
}

/** The responses for these codes, by status. */
export function problemResponses(codes: ErrorCode[]) {
  const byStatus = Object.groupBy(new Set(codes), (code) => problemOf(code).status)
  return Object.fromEntries(Object.entries(byStatus).map(([status, of]) => [status, problemResponse(of)]))
}

const referTo = (code: ErrorCode) => ({ $ref: `#/components/schemas/${schemaName(code)}` })

const oneOf = (codes: ErrorCode[]) => ({
  oneOf: codes.map(referTo),
  discriminator: {
    propertyName: 'code',
    mapping: Object.fromEntries(codes.map((code) => [code, referTo(code).$ref])),
  },
})

function problemResponse(codes: ErrorCode[]) {
  const [only, ...further] = codes
  return {
    description: codes.map((code) => `\`${code}\`: ${problemOf(code).when}`).join('. '),
    content: {
      [MEDIA_TYPE]: {
        schema: only !== undefined && further.length === 0 ? referTo(only) : oneOf(codes),
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  }
}

function anyProblem() {
  const { content } = problemResponse(CODES)
  const { examples } = content[MEDIA_TYPE]
  return {
    description: 'Any other problem',
    content: { [MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' }, examples } },
  }
}

/** The `default` response: any problem that an operation does not name. */
export const ANY_PROBLEM = { $ref: '#/components/responses/AnyProblem' }
