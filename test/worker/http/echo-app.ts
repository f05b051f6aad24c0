import type { Context } from 'hono'
import { emailOwnershipRoutes } from '../../../src/features/email-ownership/routes.ts'
import { passwordRoutes } from '../../../src/features/passwords/routes.ts'
import { sessionRoutes } from '../../../src/features/sessions/routes.ts'
import { csrfRoutes } from '../../../src/http/csrf-routes.ts'
import type { AppEnv } from '../../../src/http/app-env.ts'
import { policed } from '../../../src/http/policed.ts'
import { countCall } from '../../../src/http/rate-limit/count-call.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { createSurface } from '../../../src/http/surface.ts'
import { shopMiddleware } from '../../../src/surfaces/shop.ts'
import { policyOfOperation } from '../support/policies.ts'

/** The policy of one of the shop's own routes. */
const policyAs = (operationId: string) => policed(policyOfOperation(operationId))

/** Answers with the status that the body names, 200 unless it does, after as many milliseconds as it says. */
const answerAsAsked = async (c: Context<AppEnv>) => {
  const { status = 200, after = 0 } = await c.req.json<{ status?: 200 | 401 | 409; after?: number }>()
  if (after > 0) await new Promise((resolve) => setTimeout(resolve, after))
  if (status === 401) throw new AppError('invalid-credentials', 'No.')
  return c.json({}, status)
}

const echoed = policed({ access: 'anyone' })

/** The shop's own middleware in front of routes that show what reached them, each with the policy of the real one. */
export function createEchoApp() {
  const app = createSurface(shopMiddleware, [])
  let calls = 0
  app.post('/v1/auth/login', policyAs('signIn'), answerAsAsked)
  app.post('/v1/auth/register', policyAs('register'), answerAsAsked)
  app.post('/v1/auth/password/forgot', policyAs('requestPasswordReset'), (c) => c.json({}))
  app.post('/v1/auth/refresh', policyAs('refreshSession'), (c) => c.json({}))
  app.post('/v1/auth/refresh-token', policyAs('refreshSessionByToken'), (c) => c.json({}))
  app.post('/v1/account/delete', policyAs('deleteAccount'), answerAsAsked)
  app.patch('/v1/account/email', policyAs('changeEmail'), (c) => c.json({}))
  app.post('/v1/account/email/verification', policyAs('resendVerification'), (c) => c.json({}))
  app.get('/v1/account/export', policyAs('exportAccount'), (c) => c.json({}))
  for (const routes of [csrfRoutes, sessionRoutes, passwordRoutes, emailOwnershipRoutes]) app.route('/', routes)
  app.on(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], ['/v1/echo', '/v1/echo/:name'], echoed, async (c) => {
    calls += 1
    const text = await c.req.text()
    const json: unknown = text === '' ? null : await c.req.json()
    return c.json({ name: c.req.param('name') ?? null, query: c.req.query(), json })
  })
  app.post('/v1/checkout', policyAs('startCheckout'), (c) => c.json({}, 201))
  app.post('/v1/webhooks/stripe', policyAs('handleEvent'), async (c) => {
    const body = await c.req.text()
    if (c.req.header('Stripe-Signature') === 'valid') return c.json({ length: body.length })
    await countCall(c)
    throw new AppError('invalid-signature', 'The signature is not valid.')
  })
  return { fetch: app.fetch, calls: () => calls }
}
