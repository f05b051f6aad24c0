import { z } from '@hono/zod-openapi'
import { countCall } from '../../http/rate-limit/count-call.ts'
import { readWhole } from '../../http/request-body.ts'
import { createRoute, createRouter, jsonContent, problems } from '../../http/router.ts'
import { isAppError } from '../../shared/errors.ts'
import { handleEvent } from './handle-event.ts'
import { webhookAnswerSchema, webhookHeadersSchema } from './schemas.ts'
import { verifyEvent } from './verify-event.ts'

export const stripeWebhookRoutes = createRouter()

const handleEventRoute = createRoute({
  operationId: 'handleEvent',
  policy: {
    access: 'signed',
    csrf: 'none',
    // Events carry whole objects, and the signature is over the raw bytes.
    body: 'own',
    maxBodyBytes: 1024 * 1024,
    limits: { whenAsked: ['webhook-refused'] },
  },
  method: 'post',
  path: '/v1/webhooks/stripe',
  tags: ['webhooks'],
  summary: 'Receive an event from Stripe',
  request: {
    headers: webhookHeadersSchema,
    body: { required: true, content: jsonContent(z.looseObject({}).openapi('StripeEvent')) },
  },
  responses: {
    200: {
      description: 'The event took effect now or before, or the shop does not use it',
      content: jsonContent(webhookAnswerSchema),
    },
    ...problems('invalid-signature', 'order-creation-failed', 'stripe-api-error', 'database-unavailable'),
  },
})

// The schema is for the document only: the signature covers the raw bytes and must be checked before parsing.
const { middleware, ...described } = handleEventRoute
stripeWebhookRoutes.openAPIRegistry.registerPath(described)
stripeWebhookRoutes.on('POST', [handleEventRoute.path], ...middleware, async (c) => {
  const ctx = c.get('ctx')
  const signature = c.req.header('Stripe-Signature') ?? ''
  const event = await verifyEvent(ctx, await readWhole(c.req.text()), signature).catch(async (error: unknown) => {
    if (isAppError(error, 'invalid-signature')) await countCall(c)
    throw error
  })
  ctx.actor = { kind: 'stripe' }
  return c.json(await handleEvent(ctx, event), 200)
})
