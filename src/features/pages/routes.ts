import type { Context } from 'hono'
import { html } from 'hono/html'
import type { AppEnv } from '../../http/app-env.ts'
import { isCsrfToken, issueCsrfToken } from '../../http/csrf.ts'
import { rememberDevice } from '../../http/device.ts'
import { shortPage } from '../../http/page/layout.ts'
import { policed } from '../../http/policed.ts'
import { findRefusal } from '../../http/rate-limit/count-call.ts'
import { readForm } from '../../http/request-body.ts'
import { createRouter, PRIVATE } from '../../http/router.ts'
import { AppError, isAppError } from '../../shared/errors.ts'
import { toCartView } from '../cart/cart-view.ts'
import { findCart } from '../cart/find-cart.ts'
import { getCheckoutResult } from '../checkout/get-checkout-result.ts'
import { sessionIdSchema } from '../checkout/schemas.ts'
import { getOrder } from '../orders/get-order.ts'
import { toOrderView } from '../orders/order-view.ts'
import { getShop } from '../shop/get-shop.ts'
import { cartPage, checkoutPage } from './routes/checkout-pages.ts'
import { orderPage } from './routes/order-page.ts'
import { ownPage, showPage } from './routes/own-page.ts'
import { askPage, donePage, type Download, TOKEN_PAGES, type TokenPage, invalidLinkPage } from './routes/token-pages.ts'

/** The limit of the API's schemas: a longer password is never hashed. */
const PASSWORD_MAX = 1_000

/** Anybody may open a page; `ownPage` refreshes the session of a member whose access token has run out. */
const forReading = policed({ access: 'anyone', answers: 'page' })
const forForms = policed({ access: 'anyone', csrf: 'form', body: 'own', answers: 'page' })
const forReturning = policed({
  access: 'anyone',
  answers: 'page',
  limits: { whenAsked: ['checkout-result', 'checkout-result-address'] },
})

/**
 * The pages that links in emails and the payment page lead to while the shop has no storefront of its own. They have no
 * scripts, and are no part of the API or its OpenAPI document.
 */
export const pageRoutes = createRouter()

pageRoutes.get('/', forReading, ownPage, (c) =>
  showPage(
    c,
    shortPage(
      c.get('shop')?.name ?? '',
      html`<p>This shop has no storefront here yet. The links in our emails still work.</p>
        <p class="soft">
          Are you building one? The <a href="/docs">documentation of the API</a> is the place to start.
        </p>`,
    ),
  ),
)

pageRoutes.get('/cart', forReading, ownPage, async (c) => {
  const { env, now } = c.get('ctx')
  const contents = await findCart(c.get('ctx'))
  return showPage(c, cartPage(toCartView(contents, { now: now(), currency: env.CURRENCY }, env.PUBLIC_API_URL)))
})

pageRoutes.get('/checkout/:session_id', forReturning, ownPage, async (c) => {
  const sessionId = sessionIdSchema.safeParse(c.req.param('session_id')).data
  if (sessionId === undefined) throw new AppError('not-found', 'There is no such checkout.')
  const result = await getCheckoutResult(c.get('ctx'), { sessionId, refusal: await findRefusal(c) })
  return showPage(c, checkoutPage(result, { sessionId, supportEmail: c.get('shop')?.support_email ?? '' }))
})

pageRoutes.get('/orders/:identifier', forReading, ownPage, async (c) => {
  const ctx = c.get('ctx')
  const [order, { time_zone: timeZone }] = await Promise.all([
    getOrder(ctx, { identifier: c.req.param('identifier'), token: c.req.query('token') }),
    getShop(ctx),
  ])
  return showPage(c, orderPage(toOrderView(order, ctx.env.PUBLIC_API_URL), timeZone))
})

for (const page of TOKEN_PAGES) {
  pageRoutes.get(page.path, forReading, ownPage, async (c) => {
    if (c.req.query('done') !== undefined) return showPage(c, donePage(page))
    const token = c.req.query('token')
    return token === undefined ? showPage(c, invalidLinkPage()) : showForm(c, page, { token })
  })
  pageRoutes.post(page.path, forForms, ownPage, (c) => submitForm(c, page))
}

type Given = { token: string; problem?: string; passwordProblem?: string }

async function showForm(c: Context<AppEnv>, page: TokenPage, given: Given) {
  const csrfToken = await issueCsrfToken(c)
  return showPage(c, askPage(page, { ...given, csrfToken, field: page.password }))
}

/** Does what the page's button says, then redirects, so that reloading the answer does not do it again. */
async function submitForm(c: Context<AppEnv>, page: TokenPage) {
  const form = await readForm(c)
  const [token, password] = [form.get('token') ?? '', form.get('password') ?? '']
  if (!isCsrfToken(c, form.get('csrf_token') ?? ''))
    return showForm(c, page, {
      token,
      problem: 'Your browser did not keep our cookie. Please press the button once more.',
    })
  if (password.length > PASSWORD_MAX)
    return showForm(c, page, { token, passwordProblem: `At most ${PASSWORD_MAX} characters.` })
  try {
    const outcome = await page.act(c.get('ctx'), { token, password })
    if (outcome?.kind === 'download') return download(c, outcome)
    if (outcome?.kind === 'known-device') await rememberDevice(c, outcome.deviceId)
  } catch (error) {
    if (isAppError(error, 'invalid-token')) return showPage(c, invalidLinkPage())
    const passwordProblem = passwordProblemOf(error)
    if (passwordProblem === undefined) throw error
    return showForm(c, page, { token, passwordProblem })
  }
  return c.redirect(`${page.path}?done`, 303)
}

const download = (c: Context<AppEnv>, { name, content }: Download) =>
  c.body(JSON.stringify(content, null, 2), 200, {
    ...PRIVATE,
    'Content-Type': 'application/json',
    'Content-Disposition': `attachment; filename="${name}"`,
  })

/** The message for the password field; undefined for an error that is about something else. */
function passwordProblemOf(error: unknown): string | undefined {
  if (isAppError(error, 'password-too-weak')) return error.errors.map(({ message }) => message).join(' ')
  if (isAppError(error, 'invalid-credentials'))
    return 'This is not the password of that account, or the account is locked for a while.'
  return undefined
}
