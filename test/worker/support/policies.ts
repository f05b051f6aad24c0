import { type Policy, policyOfHandler } from '../../../src/http/policy.ts'
import { allSurfaces } from '../../../src/surfaces/shop.ts'

export const surfaces = allSurfaces()

/** `GET /v1/orders/:identifier` for a route of the document, as the router has it. */
const nameOf = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replaceAll(/\{(.+?)\}/g, ':$1')}`

/** The policy that the router enforces, by method and path, whether or not the route stands in the document. */
export const policies: ReadonlyMap<string, Policy> = new Map(
  surfaces
    .flatMap(({ routes }) => routes)
    .flatMap(({ method, path, handler }) => {
      const policy = policyOfHandler(handler)
      return policy === undefined ? [] : [[nameOf(method, path), policy] as const]
    }),
)

/** The policy of a route of the document. Throws when it has none. */
export function policyAt(method: string, path: string): Policy {
  const policy = policies.get(nameOf(method, path))
  if (policy === undefined) throw new Error(`${method} ${path} has no policy`)
  return policy
}

/** The policy of an operation, by the name of its verb. */
export function policyOfOperation(operationId: string): Policy {
  for (const definition of surfaces.flatMap(({ openAPIRegistry }) => openAPIRegistry.definitions)) {
    if (definition.type !== 'route' || definition.route.operationId !== operationId) continue
    return policyAt(definition.route.method, definition.route.path)
  }
  throw new Error(`there is no operation ${operationId}`)
}
