import { z } from '@hono/zod-openapi'

export const unsubscribeQuerySchema = z.object({
  token: z.string().min(1).max(200).openapi({ description: 'From the link in the email' }),
})
