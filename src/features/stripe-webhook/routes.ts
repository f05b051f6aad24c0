import { createRoute, z } from '@hono/zod-openapi'
import { countRefusedSignature, withoutLimit } from '../../http/rate-limit/route-limits.ts'
import { whole } from '../../http/request-body.ts'
import { createRouter, jsonContent, problems } from '../../http/router.ts'
import { isAppError } from '../../shared/errors.ts'
import { handleEvent } from './handle-event.ts'
import { webhookAnswerSchema, webhookHeadersSchema } from './schemas.ts'
import { verifyEvent } from './verify-event.ts'

export const stripeWebhookRoutes = createRouter()

const handleEventRoute = createRoute({
  operationId: 'handleEvent',
  method: 'post',
  path: '/v1/webhooks/stripe',
  tags: ['webhooks'],
  summary: "Stripe's webhook",
  security: [],
  request: {
    headers: webhookHeadersSchema,
    body: { required: true, content: jsonContent(z.looseObject({}).openapi('StripeEvent')) },
  },
  responses: {
    200: {
      description: 'The event took effect now or before, or means nothing to us',
      content: jsonContent(webhookAnswerSchema),
    },
    ...problems('invalid-signature', 'order-creation-failed', 'stripe-api-error', 'database-unavailable'),
  },
})

// Documented, but not validated by schema: the signature is over the raw bytes and must be checked first.
stripeWebhookRoutes.openAPIRegistry.registerPath(handleEventRoute)
stripeWebhookRoutes.post(handleEventRoute.path, withoutLimit, async (c) => {
  const ctx = c.get('ctx')
  const signature = c.req.header('Stripe-Signature') ?? ''
  const event = await verifyEvent(ctx, await whole(c.req.text()), signature).catch(async (error: unknown) => {
    if (isAppError(error, 'invalid-signature')) await countRefusedSignature(c)
    throw error
  })
  ctx.actor = { kind: 'stripe' }
  return c.json(await handleEvent(ctx, event), 200)
})
