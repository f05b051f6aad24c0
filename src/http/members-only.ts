import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'
import { forMembers } from './session.ts'

type Middleware = MiddlewareHandler<AppEnv>

type MembersOnly<M extends Middleware[]> = {
  middleware: [Middleware, ...M]
  security: Record<string, string[]>[]
}

/** What makes a route public: spread it into `createRoute`, and the OpenAPI document asks for nothing. */
export const forEveryone = { security: new Array<Record<string, string[]>>() }

/**
 * What makes a route one for members: spread it into `createRoute`, with the route's further middleware. That the route
 * asks for a member, and that the OpenAPI document says so (`security`, the 401 answer), cannot come apart this way.
 */
export const membersOnly = <M extends Middleware[]>(...further: M): MembersOnly<M> => ({
  middleware: [forMembers, ...further],
  security: [{ session: [] }, { bearer: [] }],
})
