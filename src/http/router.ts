import { createRoute as createOpenApiRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Hook, RouteConfig } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { fieldErrorsOf } from './field-errors.ts'
import { policed } from './policed.ts'
import type { Policy } from './policy.ts'

// A validator's refusal becomes the same error that a use case throws, with a line for each field.
// oxlint-disable-next-line typescript/no-explicit-any -- the hook serves every schema
const refuse: Hook<any, AppEnv, any, any> = (result) => {
  if (result.success) return undefined
  const value: unknown = 'data' in result ? result.data : undefined
  throw new AppError('validation-failed', 'Some of what was sent is not valid.', {
    errors: fieldErrorsOf({ issues: result.error.issues, value, target: result.target }),
  })
}

/** A feature's router: validates with the schemas that make the OpenAPI document. */
export const createRouter = () => new OpenAPIHono<AppEnv>({ defaultHook: refuse })

type Middleware = MiddlewareHandler<AppEnv>

/**
 * A route with its policy. From the policy follow the middleware in front of `middleware`, `security` and the refusals
 * in the OpenAPI document, and what the generated tests try.
 */
export function createRoute<
  // Without it `path` would be any string, and the handler would not know its parameters.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  P extends string,
  R extends Omit<RouteConfig, 'path' | 'middleware' | 'security'> & {
    path: P
    policy: Policy
    middleware?: Middleware
  },
>(config: R) {
  const further = config.middleware === undefined ? [] : [config.middleware]
  return createOpenApiRoute({ ...config, middleware: [policed(config.policy), ...further] })
}

export const jsonContent = <T>(schema: T) => ({ 'application/json': { schema } })

/** The `body` entry of a request: JSON, and never left out. */
export const jsonBody = <T>(schema: T) => ({ content: jsonContent(schema), required: true as const })

/** Headers of an answer that is nobody else's business. */
export const PRIVATE = { 'Cache-Control': 'private, no-store' }

export { problems } from './problem-schemas.ts'
