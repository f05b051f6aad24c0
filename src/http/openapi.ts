import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from './app-env.ts'
import { PATHS_WITHOUT_CSRF, isSafeMethod } from './paths.ts'

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
  { name: 'terms', description: 'What the shop and its customers agree on' },
  { name: 'email', description: 'Links in emails' },
  { name: 'webhooks', description: 'What Stripe tells' },
  { name: 'system', description: 'For operators and monitors' },
]

const DESCRIPTION = `A browser first calls \`GET /v1/auth/csrf\` and then repeats the token in \`X-CSRF-Token\` with every change.

Errors are RFC 9457 problem documents; programs decide by \`code\`. Money is an integer in the currency's minor unit.
Every answer carries \`X-Request-ID\`.`

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

/** Whether the route was made with `membersOnly`: nobody gets in without a session. */
const isForMembers = ({ security = [] }: Operation): boolean =>
  security.length > 0 && security.every((way) => 'session' in way || 'bearer' in way)

/** What the middleware may answer before the route is reached, and what each operation therefore has. */
function refusalsOf(operation: Operation, isChange: boolean): Record<string, ReturnType<typeof problem>> {
  return {
    ...(operation.requestBody === undefined
      ? {}
      : {
          400: problem('`malformed-json`'),
          413: problem('`payload-too-large`'),
          415: problem('`unsupported-media-type`'),
        }),
    401: problem(
      isForMembers(operation)
        ? '`not-authenticated`: sign in. `access-token-expired`: refresh and ask again. `session-ended`: sign in again'
        : '`not-authenticated`: the bearer is not valid. Where members and visitors are served: `access-token-expired`, `session-ended`',
    ),
    422: problem('`validation-failed`: `errors` names the fields'),
    ...(isChange
      ? { 403: problem('`csrf-failed` or `origin-not-allowed`'), 429: problem('`rate-limited`: see `Retry-After`') }
      : {}),
    default: problem('Any other problem'),
  }
}

function securityOf(operation: Operation, isChange: boolean, path: string): NonNullable<Operation['security']> {
  if (PATHS_WITHOUT_CSRF.has(path)) return []
  const bearer = { bearer: [] }
  if (isForMembers(operation)) return [isChange ? { session: [], visitor: [], csrf: [] } : { session: [] }, bearer]
  return isChange ? [{ visitor: [], csrf: [] }, bearer] : [{}, { visitor: [] }, { session: [] }, bearer]
}

function complete(operation: Operation, method: string, path: string): void {
  const isChange = !isSafeMethod(method.toUpperCase())
  operation.responses = { ...refusalsOf(operation, isChange), ...operation.responses }
  operation.security = securityOf(operation, isChange, path)
}

/** The generator takes the flags of a regular expression for the end of its pattern. */
const withoutFlags = (key: string, value: unknown): unknown =>
  key === 'pattern' && typeof value === 'string' ? value.replace(/\/[a-z]+$/, '') : value

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
  document.components = {
    ...document.components,
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
  return JSON.parse(JSON.stringify(document), withoutFlags)
}
