import type { AnswerSchemas } from './answer-schemas.ts'
import type { ApiDocument, Operation } from './document.ts'
import type { RawAnswer, RawRequest } from './raw-request.ts'

/** A rule that an answer breaks; `rule` is a stable name, `what` tells the case. */
export interface Broken {
  rule: string
  what: string
}

/** Every error code with its status, as the document's examples show them. */
export const readCodes = ({ components }: ApiDocument): ReadonlyMap<string, number> =>
  new Map(Object.values(components.examples).map(({ value }) => [value.code, value.status]))

/** What no answer may show: paths of sources, stack traces, SQL, the database's own errors. */
const INTERNALS =
  /node_modules|\.ts:\d|\n\s+at \S+ \(|\bat \w+ \(|postgres|drizzle|neon\b|select .* from |insert into |invalid input syntax|violates .* constraint|stack trace/i

const ALWAYS = [
  'strict-transport-security',
  'content-security-policy',
  'x-frame-options',
  'x-content-type-options',
  'referrer-policy',
  'cache-control',
]

/** Paths of the Worker that are not part of the API, and files that are served without it. */
const NOT_IN_DOCUMENT = /^\/(?:|v1|docs|openapi\.json|docs\/.*|docs-assets\/.*|images\/.*)$/

const one = (value: string | string[] | undefined): string => [value ?? ''].flat().join(', ')
const mediaTypeOf = ({ headers }: RawAnswer): string => (one(headers['content-type']).split(';')[0] ?? '').trim()

export interface Checks {
  schemas: AnswerSchemas
  codes: ReadonlyMap<string, number>
}

/** Everything that is wrong with an answer by itself. `operation` is what the address belongs to, if anything. */
export function checkAnswer(
  { schemas, codes }: Checks,
  operation: Operation | undefined,
  { method, target, body }: RawRequest,
  answer: RawAnswer,
): Broken[] {
  const { status, headers, text } = answer
  const pathname = pathnameOf(target)
  const isFile = operation === undefined && pathname !== undefined && NOT_IN_DOCUMENT.test(pathname) && status < 400
  const broken: Broken[] = []
  const mustHold = (holds: boolean, rule: string, what: () => string) => {
    if (!holds) broken.push({ rule, what: what() })
  }
  if (status >= 500) return [{ rule: 'no answer is a 5xx', what: `${status} ${text.slice(0, 500)}` }]
  if (!isFile) {
    const id = one(headers['x-request-id'])
    mustHold(/^[A-Za-z0-9._-]{8,128}$/.test(id), 'every answer has X-Request-ID', () => `${status} “${id}”`)
    const missing = ALWAYS.filter((name) => headers[name] === undefined).join(', ')
    mustHold(missing === '', 'every answer has the security headers', () => `${status} without ${missing}`)
  }
  const shared = /public|s-maxage/.test(one(headers['cache-control']))
  mustHold(!(shared && headers['set-cookie'] !== undefined), 'what sets a cookie is not for shared caches', () =>
    one(headers['cache-control']),
  )
  const internals = isFile ? null : INTERNALS.exec(text)
  // An answer may repeat what the caller wrote, such as the name of an unknown field.
  const isRepeated =
    internals !== null &&
    Buffer.from(body ?? [])
      .toString('utf8')
      .includes(internals[0])
  mustHold(internals === null || isRepeated, 'no answer shows internals', () => internals?.[0] ?? '')
  if (method === 'HEAD' || status === 204 || status === 304)
    mustHold(text === '', 'HEAD, 204 and 304 have no body', () => text.slice(0, 100))
  if (method === 'OPTIONS' && status === 204)
    mustHold(
      headers['allow'] !== undefined || headers['vary'] !== undefined,
      'OPTIONS names the methods',
      () => 'neither Allow nor Vary',
    )
  if (status >= 400 && method !== 'HEAD') broken.push(...checkProblem(codes, answer))
  if (operation !== undefined) broken.push(...checkDocumented(schemas, operation, method, answer))
  else if (method !== 'OPTIONS' && !isFile && status < 400)
    broken.push({ rule: 'what the document does not have is refused', what: `${method} ${target}: ${status}` })
  return broken
}

/** The path as a URL parser reads it, with dot segments resolved; undefined for an invalid URL. */
export const pathnameOf = (target: string): string | undefined => URL.parse(target, 'http://api.test')?.pathname

function checkProblem(codes: Checks['codes'], { status, headers, text }: RawAnswer): Broken[] {
  const rule = 'every refusal is a problem document'
  const type = one(headers['content-type'])
  if (type !== 'application/problem+json') return [{ rule, what: `${status} of type “${type}”: ${text.slice(0, 200)}` }]
  const problem = parse(text)
  if (problem === null || typeof problem !== 'object') return [{ rule, what: `${status}: ${text.slice(0, 200)}` }]
  const { code, status: told, type: urn, request_id } = problem as Record<string, unknown>
  const isRight =
    typeof code === 'string' &&
    codes.get(code) === status &&
    told === status &&
    urn === `urn:mercat:problem:${code}` &&
    request_id === headers['x-request-id']
  return isRight ? [] : [{ rule, what: `${status}: ${text.slice(0, 300)}` }]
}

function checkDocumented(schemas: AnswerSchemas, operation: Operation, method: string, answer: RawAnswer): Broken[] {
  const { status, text } = answer
  const types = schemas.typesOf(operation, status)
  if (types === undefined) return [{ rule: 'every status is documented', what: `${operation.id}: ${status}` }]
  if (method === 'HEAD') return []
  const type = mediaTypeOf(answer)
  if (types.length === 0)
    return text === '' ? [] : [{ rule: 'an answer documented without a body has none', what: text.slice(0, 200) }]
  if (!types.includes(type))
    return [{ rule: 'every media type is documented', what: `${operation.id}: ${status} is “${type}”` }]
  if (!type.endsWith('json')) return []
  const value = parse(text)
  if (value === undefined) return [{ rule: 'JSON answers are JSON', what: text.slice(0, 200) }]
  const wrong = schemas.findAnswer(operation, status, type)?.(value) ?? []
  return wrong.map((what) => ({
    rule: 'every answer is what its schema says',
    what: `${operation.id} ${status}: ${what}`,
  }))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
