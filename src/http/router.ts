import { createRoute as createOpenApiRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Hook, RouteConfig } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { fieldErrorsOf } from './field-errors.ts'
import { policed } from './policed.ts'
import type { Policy } from './policy.ts'

// Turns what a validator refuses into `validation-failed`, with an entry for each field.
// oxlint-disable-next-line typescript/no-explicit-any -- the hook serves every schema
const refuse: Hook<any, AppEnv, any, any> = (result) => {
  if (result.success) return undefined
  const value: unknown = 'data' in result ? result.data : undefined
  throw new AppError('validation-failed', 'The request is not valid.', {
    errors: fieldErrorsOf({ issues: result.error.issues, value, target: result.target }),
  })
}

/** A router for a feature. Its routes validate with the schemas that the OpenAPI document is made from. */
export const createRouter = () => new OpenAPIHono<AppEnv>({ defaultHook: refuse })

type Middleware = MiddlewareHandler<AppEnv>

/**
 * Makes a route with a policy. The middleware before `middleware`, `security` and refusals in the OpenAPI document, and
 * the generated tests all follow from the policy.
 */
export function createRoute<
  // Keeps the literal type of `path`, from which the handler's parameters get their types.
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

/** The `body` entry of a route: required JSON. */
export const jsonBody = <T>(schema: T) => ({ content: jsonContent(schema), required: true as const })

/** The headers of an answer that no cache may store. */
export const PRIVATE = { 'Cache-Control': 'private, no-store' }

export { problems } from './problem-schemas.ts'
