import { createOperatorsRoutes } from '../features/operators/routes.ts'
import { createSurface, type Surface } from '../http/surface.ts'
import { withoutCookies } from './without-cookies.ts'

let built: Surface | undefined

/**
 * What operators call. Shoppers' cookies, tokens and origins mean nothing here: whoever asks is nobody, and every route
 * of `access: 'operator'` refuses them. Built on first use: a new isolate starts for shoppers and does not wait for it.
 */
export function operators(): Surface {
  built ??= createSurface(withoutCookies, [createOperatorsRoutes()])
  return built
}
