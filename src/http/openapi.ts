import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ErrorCode } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { isSafeMethod, PATHS_WITHOUT_CSRF } from './paths.ts'
import { ANY_PROBLEM, problemComponents, problemResponses, problemsOf } from './problem-schemas.ts'

type Document = ReturnType<OpenAPIHono<AppEnv>['getOpenAPI31Document']>
type PathItem = NonNullable<Document['paths']>[string]
type Operation = NonNullable<PathItem['get']>

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const

const TAGS = [
  { name: 'shop', description: 'Who sells here' },
  { name: 'catalogue', description: 'Products, their SKUs and prices' },
  { name: 'cart', description: 'What the visitor wants to buy, and what it will cost' },
  { name: 'checkout', description: 'From a cart to a payment page and its result' },
  { name: 'orders', description: 'What was bought' },
  { name: 'auth', description: 'Who asks' },
  { name: 'account', description: 'What a member says about themselves' },
  { name: 'privacy', description: 'What a guest may ask for about their data' },
  { name: 'terms', description: 'What the shop and its customers agree on' },
  { name: 'email', description: 'Links in emails' },
  { name: 'webhooks', description: 'What Stripe tells' },
  { name: 'system', description: 'For operators and monitors' },
]

const DESCRIPTION = `A browser first calls \`GET /v1/auth/csrf\` and then repeats the token in \`X-CSRF-Token\` with every change.

Errors are RFC 9457 problem documents; programs decide by \`code\`. Money is an integer in the currency's minor unit.
Every answer carries \`X-Request-ID\`.`

/** Whether the route was made with `membersOnly`: nobody gets in without a session. */
const isForMembers = ({ security = [] }: Pick<Operation, 'security'>): boolean =>
  security.length > 0 && security.every((way) => 'session' in way || 'bearer' in way)

const ALWAYS_POSSIBLE = ['validation-failed', 'not-authenticated', 'access-token-expired', 'session-ended'] as const
const POSSIBLE_WITH_BODY = ['malformed-json', 'payload-too-large', 'unsupported-media-type'] as const
const POSSIBLE_FOR_CHANGES = ['csrf-failed', 'origin-not-allowed', 'rate-limited'] as const

/** What middleware may refuse before the route is reached. */
function sharedProblems(operation: Operation, isChange: boolean): ErrorCode[] {
  return [
    ...ALWAYS_POSSIBLE,
    ...(operation.requestBody === undefined ? [] : POSSIBLE_WITH_BODY),
    ...(isChange ? POSSIBLE_FOR_CHANGES : []),
  ]
}

function securityOf(operation: Operation, isChange: boolean, path: string): NonNullable<Operation['security']> {
  if (PATHS_WITHOUT_CSRF.has(path) || operation.security?.length === 0) return []
  const bearer = { bearer: [] }
  if (isForMembers(operation)) return [isChange ? { session: [], visitor: [], csrf: [] } : { session: [] }, bearer]
  return isChange ? [{ visitor: [], csrf: [] }, bearer] : [{}, { visitor: [] }, { session: [] }, bearer]
}

/** Who gets in and with what, in words: after what the route says of itself. */
function describedAccess({ description, security = [] }: Operation): string {
  const access =
    security.length === 0
      ? 'Public: asks for no cookie and no token.'
      : security.some((way) => 'csrf' in way)
        ? `${isForMembers({ security }) ? 'For members' : 'For visitors and members'}: cookies with \`X-CSRF-Token\`, or a bearer.`
        : `${isForMembers({ security }) ? 'For members' : 'For visitors and members'}: cookies, or a bearer.`
  return description === undefined ? access : `${description}\n\n${access}`
}

function complete(operation: Operation, method: string, path: string): void {
  const isChange = !isSafeMethod(method.toUpperCase())
  const responses = Object.entries(operation.responses ?? {})
  const own = responses.flatMap(([, response]) => problemsOf(response))
  operation.responses = {
    ...Object.fromEntries(responses.filter(([, response]) => problemsOf(response).length === 0)),
    ...problemResponses([...own, ...sharedProblems(operation, isChange)]),
    default: ANY_PROBLEM,
  }
  operation.security = securityOf(operation, isChange, path)
  operation.description = describedAccess(operation)
}

/**
 * Generators of clients take a field with a default for one that is always there, and would ask for it in requests:
 * the description names the default instead.
 */
function withoutDefault(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('default' in value) || !('type' in value)) return value
  const { default: given, ...schema } = value
  const stated = `Default: \`${String(given)}\``
  const described = 'description' in schema ? `${String(schema.description)}. ${stated}` : stated
  return { ...schema, description: described }
}

/**
 * The OpenAPI 3.1 document, from the schemas that validate. What all operations share (errors of the middleware,
 * security) is added here, so that no route has to repeat it.
 */
export function openApiDocument(app: OpenAPIHono<AppEnv>, serverUrl: string): Document {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Mercat API',
      version: '1.0.0',
      description: DESCRIPTION,
      contact: { name: 'Mercat', url: `${serverUrl}/docs` },
      license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
    },
    servers: [{ url: serverUrl }],
    tags: TAGS,
  })
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method]
      if (operation !== undefined) complete(operation, method, path)
    }
  }
  const { schemas, examples, responses } = problemComponents()
  document.components = {
    schemas: { ...document.components?.schemas, ...schemas },
    examples,
    responses,
    securitySchemes: {
      visitor: {
        type: 'apiKey',
        in: 'cookie',
        name: 'mercat_visitor',
        description: 'Signed; over HTTPS its name begins with `__Host-`',
      },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'mercat_access',
        description: 'From signing in; over HTTPS its name begins with `__Host-`',
      },
      csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: 'From `GET /v1/auth/csrf`' },
      bearer: { type: 'http', scheme: 'bearer', description: 'For clients that are not browsers' },
    },
  }
  return JSON.parse(JSON.stringify(document), withoutDefault)
}
