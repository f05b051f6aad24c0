import { z } from '@hono/zod-openapi'
import { languageOf } from '../../http/language.ts'
import { networkKey } from '../../http/client-address.ts'
import { findRefusal } from '../../http/rate-limit/count-call.ts'
import { createRoute, createRouter, jsonContent, problems } from '../../http/router.ts'
import { idempotencyHeaderSchema } from '../../shared/idempotency-key.ts'
import { getCheckoutResult } from './get-checkout-result.ts'
import { checkoutResultSchema, sessionIdSchema, startCheckoutSchema, startedCheckoutSchema } from './schemas.ts'
import { type StartedCheckout, startCheckout } from './start-checkout.ts'

export const checkoutRoutes = createRouter()

const startCheckoutRoute = createRoute({
  operationId: 'startCheckout',
  method: 'post',
  path: '/v1/checkout',
  tags: ['checkout'],
  summary: 'Check out: reserve the items in the cart and get a payment page',
  description:
    'An unchanged cart gets the same checkout again (200). For a changed cart, the old payment page is closed and a new one is opened (201).',
  policy: { access: 'shopper', proof: 'checkout', limits: ['checkout', 'checkout-address'] },
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, content: jsonContent(startCheckoutSchema) },
  },
  responses: {
    200: { description: 'The checkout was open already', content: jsonContent(startedCheckoutSchema) },
    201: { description: 'A new checkout', content: jsonContent(startedCheckoutSchema) },
    ...problems(
      'insufficient-stock',
      'network-share-exceeded',
      'sku-not-available',
      'price-changed',
      'cart-changed',
      'checkout-already-paid',
      'cart-empty',
      'discount-exhausted',
      'discount-used-up',
      'discount-needs-email',
      'shipping-method-required',
      'amount-too-small',
      'total-too-large',
      'idempotency-key-reused',
      'stripe-api-error',
    ),
  },
})

const toView = ({ checkoutId, sessionId, url, expiresAt }: StartedCheckout) => ({
  checkout_id: checkoutId,
  session_id: sessionId,
  url,
  expires_at: new Date(expiresAt).toISOString(),
})

checkoutRoutes.openapi(startCheckoutRoute, async (c) => {
  const body = c.req.valid('json')
  const started = await startCheckout(c.get('ctx'), {
    email: body.email ?? null,
    expectedTotal: body.expected_total ?? null,
    locale: languageOf(c),
    idempotencyKey: c.req.valid('header')['idempotency-key'] ?? null,
    networkKey: c.get('isProven') === true ? null : networkKey(c),
  })
  return c.json(toView(started), started.created ? 201 : 200, { 'Cache-Control': 'no-store' })
})

const getCheckoutResultRoute = createRoute({
  operationId: 'getCheckoutResult',
  policy: { access: 'shopper', limits: { whenAsked: ['checkout-result', 'checkout-result-address'] } },
  method: 'get',
  path: '/v1/checkout/{session_id}',
  tags: ['checkout'],
  summary: "Read the state of a checkout, for its buyer's return page",
  request: { params: z.object({ session_id: sessionIdSchema }) },
  responses: {
    200: {
      description: 'The state; `order_identifier` once it is complete, `url` and `expires_at` while it is open',
      content: jsonContent(checkoutResultSchema),
    },
    ...problems('not-found', 'order-creation-failed', 'stripe-api-error'),
  },
})

checkoutRoutes.openapi(getCheckoutResultRoute, async (c) => {
  const { status, orderIdentifier, payment, url, expiresAt } = await getCheckoutResult(c.get('ctx'), {
    sessionId: c.req.valid('param').session_id,
    refusal: await findRefusal(c),
  })
  const body = {
    status,
    ...(orderIdentifier === undefined ? {} : { order_identifier: orderIdentifier }),
    ...(payment === undefined ? {} : { payment }),
    ...(url === undefined ? {} : { url }),
    ...(expiresAt === undefined ? {} : { expires_at: new Date(expiresAt).toISOString() }),
  }
  return c.json(body, 200, { 'Cache-Control': 'no-store' })
})
