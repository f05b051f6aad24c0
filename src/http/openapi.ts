import { OpenAPIHono } from '@hono/zod-openapi'
import type { ErrorCode } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { limitsOf, limitsWhenAsked, needsCsrf, type Policy } from './policy.ts'
import { ANY_PROBLEM, problemComponents, problemResponses, problemsOf } from './problem-schemas.ts'

type Document = ReturnType<OpenAPIHono<AppEnv>['getOpenAPI31Document']>
type PathItem = NonNullable<Document['paths']>[string]
type Operation = NonNullable<PathItem['get']>

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const

const TAGS = [
  { name: 'shop', description: 'The shop: name, imprint, currency, countries' },
  { name: 'catalogue', description: 'Products, their SKUs and prices' },
  { name: 'cart', description: "The caller's cart and its prices" },
  { name: 'checkout', description: 'From a cart to a payment page and its result' },
  { name: 'orders', description: 'Orders of members and guests' },
  { name: 'auth', description: 'Registration, sign-in, sessions, passwords and email addresses' },
  { name: 'account', description: "The member's own data and settings" },
  { name: 'privacy', description: "Export and erasure of a guest's data" },
  { name: 'terms', description: 'Terms of sale and of use' },
  { name: 'email', description: 'Links in marketing emails' },
  { name: 'webhooks', description: 'Events from Stripe' },
  { name: 'operators', description: 'For the people who run the shop' },
  { name: 'system', description: 'Health checks for monitors' },
]

const DESCRIPTION = `A browser first calls \`GET /v1/auth/csrf\` and then repeats the token in \`X-CSRF-Token\` with every change.

Errors are RFC 9457 problem documents; programs decide by \`code\`. Money is an integer in the currency's minor unit.
Every answer carries \`X-Request-ID\`.`

/** Removes the policy that `createRoute` has put into the operation, and returns it. */
function takePolicy(operation: Operation & { policy?: Policy }, name: string): Policy {
  const { policy } = operation
  if (policy === undefined) throw new Error(`${name} has no policy`)
  delete operation.policy
  return policy
}

/** The refusals that follow from `access`. */
function refusalsOfAccess({ access, invalidToken }: Policy): ErrorCode[] {
  if (typeof access === 'object') return ['not-authenticated', 'permission-missing']
  switch (access) {
    case 'signed':
      return []
    case 'public':
      return invalidToken === 'ignored' ? [] : ['not-authenticated']
    case 'operator':
      return ['not-authenticated']
    case 'anyone':
      return ['not-authenticated', 'session-ended']
    case 'shopper':
    case 'member':
      return ['not-authenticated', 'access-token-expired', 'session-ended']
  }
}

const REFUSALS_OF_BODIES = ['malformed-json', 'payload-too-large', 'unsupported-media-type'] as const
const REFUSALS_OF_PROOF = ['turnstile-required', 'turnstile-failed'] as const

/** The refusals of the middleware, and of the limits that the handler itself counts. */
function refusalsOf(policy: Policy, method: string, hasBody: boolean): ErrorCode[] {
  const { general, own } = limitsOf(policy, method)
  const limits = [...general, ...own, ...limitsWhenAsked(policy)]
  return [
    'validation-failed',
    ...refusalsOfAccess(policy),
    ...(hasBody ? REFUSALS_OF_BODIES : []),
    ...(needsCsrf(policy, method) ? (['csrf-failed', 'origin-not-allowed'] as const) : []),
    ...(policy.proof === undefined ? [] : REFUSALS_OF_PROOF),
    ...(limits.length === 0 && policy.proof === undefined ? [] : (['rate-limited'] as const)),
  ]
}

const BEARER = { bearer: [] }

/** The operation's `security`: alternatives, each with everything that it takes. */
function securityOf(policy: Policy, method: string): NonNullable<Operation['security']> {
  const csrf = needsCsrf(policy, method)
  if (typeof policy.access === 'object') return [{ operator: [] }]
  switch (policy.access) {
    case 'operator':
      return [{ operator: [] }]
    case 'member':
      return [csrf ? { session: [], visitor: [], csrf: [] } : { session: [] }, BEARER]
    case 'shopper':
    case 'anyone':
      return csrf ? [{ visitor: [], csrf: [] }, BEARER] : [{}, { visitor: [] }, { session: [] }, BEARER]
    case 'public':
    case 'signed':
      return csrf ? [{ visitor: [], csrf: [] }, BEARER] : []
  }
}

/** The sentence of the description that says who may call. */
function accessInWords(policy: Policy, method: string): string {
  if (securityOf(policy, method).length === 0) return 'Public: asks for no cookie and no token.'
  if (typeof policy.access === 'object' || policy.access === 'operator')
    return 'For operators: the cookie of their own sign-in.'
  const who = policy.access === 'member' ? 'For members' : 'For visitors and members'
  return `${who}: cookies${needsCsrf(policy, method) ? ' with `X-CSRF-Token`' : ''}, or a bearer.`
}

/** Adds to an operation everything that follows from its policy. */
function complete(operation: Operation, method: string, path: string): void {
  const policy = takePolicy(operation, `${method} ${path}`)
  const responses = Object.entries(operation.responses ?? {})
  const own = responses.flatMap(([, response]) => problemsOf(response))
  operation.responses = {
    ...Object.fromEntries(responses.filter(([, response]) => problemsOf(response).length === 0)),
    ...problemResponses([...own, ...refusalsOf(policy, method, operation.requestBody !== undefined)]),
    default: ANY_PROBLEM,
  }
  operation.security = securityOf(policy, method)
  const access = accessInWords(policy, method)
  operation.description = operation.description === undefined ? access : `${operation.description}\n\n${access}`
  if (typeof policy.access === 'object') Object.assign(operation, { 'x-permission': policy.access.permission })
}

/**
 * Moves a default into the description, because generators of clients would make a field with a default required in
 * requests.
 */
function withoutDefault(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('default' in value) || !('type' in value)) return value
  const { default: given, ...schema } = value
  const stated = `Default: \`${String(given)}\``
  const described = 'description' in schema ? `${String(schema.description)}. ${stated}` : stated
  return { ...schema, description: described }
}

/**
 * The OpenAPI 3.1 document, made from the schemas that validate requests. It adds what follows from the policies, the
 * errors of the middleware and `security`, so that no route has to repeat it.
 */
export function openApiDocument(surfaces: readonly OpenAPIHono<AppEnv>[], serverUrl: string): Document {
  const app = new OpenAPIHono<AppEnv>()
  for (const surface of surfaces) app.route('/', surface)
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
      if (operation !== undefined) complete(operation, method.toUpperCase(), path)
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
      operator: {
        type: 'apiKey',
        in: 'cookie',
        name: 'mercat_operator',
        description: 'From signing in as an operator; over HTTPS its name begins with `__Host-`',
      },
      csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: 'From `GET /v1/auth/csrf`' },
      bearer: { type: 'http', scheme: 'bearer', description: 'For clients that are not browsers' },
    },
  }
  return JSON.parse(JSON.stringify(document), withoutDefault)
}
