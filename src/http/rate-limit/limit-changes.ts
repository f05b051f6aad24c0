import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import type { AppEnv } from '../app-env.ts'
import { isSafeMethod } from '../paths.ts'
import { enforce } from './enforce.ts'

const ownLimits = new WeakSet<object>()

/** Marks middleware of routes that bring a limit of their own, or must never have one: the general one is not for them. */
export function asOwnLimit<M extends MiddlewareHandler<AppEnv>>(middleware: M): M {
  ownLimits.add(middleware)
  return middleware
}

/** The limits of everything that changes something and has none of its own. */
export const limitChanges = createMiddleware<AppEnv>(async (c, next) => {
  const isOther = !isSafeMethod(c.req.method) && !matchedRoutes(c).some(({ handler }) => ownLimits.has(handler))
  const settle = isOther ? await enforce(c, ['changes-visitor', 'changes-member', 'changes-address']) : undefined
  await next()
  settle?.(c)
})
