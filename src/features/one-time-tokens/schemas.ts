import { z } from '@hono/zod-openapi'

export const emailedTokenSchema = z.string().min(1).max(100).openapi({ description: 'From the link in the email' })

export const emailedTokenBodySchema = z.object({ token: emailedTokenSchema }).openapi('EmailedToken')
