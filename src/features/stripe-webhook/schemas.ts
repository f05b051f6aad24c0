import { z } from '@hono/zod-openapi'
import { isErrorCode, PROBLEMS } from '../../shared/problems.ts'

export const webhookHeadersSchema = z.object({
  'stripe-signature': z.string().optional().openapi({ description: "Stripe's signature over the raw body" }),
})

export const webhookAnswerSchema = z
  .object({
    received: z.literal(true),
    outcome: z.enum(['processed', 'ignored', 'failed']),
    order_identifier: z.string().optional(),
    code: z
      .enum(Object.keys(PROBLEMS).filter(isErrorCode).toSorted())
      .optional()
      .openapi({ description: 'Why the event cannot take effect, if a retry would not help' }),
  })
  .openapi('WebhookAnswer')

export type WebhookAnswer = z.infer<typeof webhookAnswerSchema>
