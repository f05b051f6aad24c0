import type { Context } from 'hono'
import { every } from 'hono/combine'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../../../http/app-env.ts'
import { type Page, renderPage } from '../../../http/page/layout.ts'
import { isSafeMethod } from '../../../http/methods.ts'
import { becomeMember, clearSessionCookies, refreshTokenOf, setSessionCookies } from '../../../http/session.ts'
import { verifyAccessToken } from '../../../shared/access-token.ts'
import { AppError, isAppError } from '../../../shared/errors.ts'
import { refreshSession } from '../../sessions/refresh-session.ts'
import { getShop } from '../../shop/get-shop.ts'

/** Redirects to the shop's own storefront, if it has one, which has these pages too. Throws `not-found` for forms. */
const onlyWithoutStorefront = createMiddleware<AppEnv>(async (c, next) => {
  const { PUBLIC_API_URL, STOREFRONT_URL } = c.get('ctx').env
  if (new URL(PUBLIC_API_URL).origin === new URL(STOREFRONT_URL).origin) return next()
  if (!isSafeMethod(c.req.method)) throw new AppError('not-found', 'There is no such path.')
  const { pathname, search } = new URL(c.req.url)
  return c.redirect(`${STOREFRONT_URL}${pathname}${search}`, 302)
})

const knowShop = createMiddleware<AppEnv>(async (c, next) => {
  c.set('shop', await getShop(c.get('ctx')))
  await next()
})

/** Refreshes an access token that ran out while its owner was paying, since these pages have no script to do it. */
const keepSession = createMiddleware<AppEnv>(async (c, next) => {
  const ctx = c.get('ctx')
  const refreshToken = refreshTokenOf(c)
  if (ctx.actor.kind !== 'member' && refreshToken !== undefined) {
    try {
      const { tokens } = await refreshSession(ctx, refreshToken)
      setSessionCookies(c, tokens)
      const { SESSION_KEYS, PUBLIC_API_URL } = ctx.env
      const claims = await verifyAccessToken(SESSION_KEYS, PUBLIC_API_URL, tokens.accessToken, ctx.now())
      if (claims !== undefined) becomeMember(ctx, claims)
    } catch (error) {
      if (!isAppError(error, 'session-ended')) throw error
      clearSessionCookies(c)
    }
  }
  await next()
})

/** The middleware of every page. */
export const ownPage = every(onlyWithoutStorefront, knowShop, keepSession)

export const showPage = (c: Context<AppEnv>, page: Page) => renderPage(c, c.get('shop'), page)
