import { getPath } from 'hono/utils/url'
import type { RawEnv } from '../env.ts'
import type { Surface } from '../http/surface.ts'
import { operators } from './operators.ts'
import { shop } from './shop.ts'
import { webhooks } from './webhooks.ts'

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** The surface for a path, which is decoded as the router does, so that escapes lead to the same surface. */
function surfaceOf(request: Request): Surface {
  const path = getPath(request)
  if (isBelow(path, '/v1/operators')) return operators()
  return isBelow(path, '/v1/webhooks') ? webhooks : shop
}

/** Hands a request to its surface. */
export const handleFetch = (request: Request, env: RawEnv, runtime: ExecutionContext): Response | Promise<Response> =>
  surfaceOf(request).fetch(request, env, runtime)
