import type { Context } from 'hono'
import { createApp } from '../../../src/app.ts'
import { authRoutes } from '../../../src/features/auth/routes.ts'
import {
  countRefusedSignature,
  limitCheckout,
  limitDeleteAccount,
  limitExport,
  limitForgottenPassword,
  limitRefresh,
  limitRegister,
  limitSignIn,
  withoutLimit,
} from '../../../src/http/rate-limit/route-limits.ts'
import type { AppEnv } from '../../../src/http/app-env.ts'
import { forMembers } from '../../../src/http/session.ts'
import { AppError } from '../../../src/shared/errors.ts'

/** Answers with the status that the body names, 200 unless it does, after as many milliseconds as it says. */
const answerAsAsked = async (c: Context<AppEnv>) => {
  const { status = 200, after = 0 } = await c.req.json<{ status?: 200 | 401 | 409; after?: number }>()
  if (after > 0) await new Promise((resolve) => setTimeout(resolve, after))
  if (status === 401) throw new AppError('invalid-credentials', 'No.')
  return c.json({}, status)
}

/** The application's own middleware in front of routes that show what reached them. */
export function createEchoApp() {
  const app = createApp()
  let calls = 0
  app.post('/v1/auth/login', limitSignIn, answerAsAsked)
  app.post('/v1/auth/register', limitRegister, answerAsAsked)
  app.post('/v1/auth/password/forgot', limitForgottenPassword, (c) => c.json({}))
  app.on('POST', ['/v1/auth/refresh', '/v1/auth/refresh-token'], limitRefresh, (c) => c.json({}))
  app.post('/v1/account/delete', forMembers, limitDeleteAccount, answerAsAsked)
  app.get('/v1/account/export', forMembers, limitExport, (c) => c.json({}))
  app.route('/', authRoutes)
  app.on(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], ['/v1/echo', '/v1/echo/:name'], async (c) => {
    calls += 1
    const text = await c.req.text()
    const json: unknown = text === '' ? null : await c.req.json()
    return c.json({ name: c.req.param('name') ?? null, query: c.req.query(), json })
  })
  app.post('/v1/checkout', limitCheckout, (c) => c.json({}, 201))
  app.post('/v1/webhooks/stripe', withoutLimit, async (c) => {
    const body = await c.req.text()
    if (c.req.header('Stripe-Signature') === 'valid') return c.json({ length: body.length })
    await countRefusedSignature(c)
    throw new AppError('invalid-signature', 'The signature is not valid.')
  })
  return { fetch: app.fetch, calls: () => calls }
}
