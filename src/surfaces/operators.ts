import { createOperatorsRoutes } from '../features/operators/routes.ts'
import { createSurface, type Surface } from '../http/surface.ts'
import { withoutCookies } from './without-cookies.ts'

let built: Surface | undefined

/**
 * The operators' surface. It reads no cookies or tokens of shoppers, so every route with `access: 'operator'` refuses
 * them. It is built on first use, so that an isolate that starts for shoppers does not wait for it.
 */
export function operators(): Surface {
  built ??= createSurface(withoutCookies, [createOperatorsRoutes()])
  return built
}
