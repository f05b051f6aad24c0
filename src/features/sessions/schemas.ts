import { z } from '@hono/zod-openapi'
import { pageOf } from '../../shared/pagination.ts'
import { memberSchema } from '../members/schemas.ts'

const tokensSchema = z
  .object({
    token_type: z.literal('Bearer'),
    access_token: z.string(),
    expires_in: z.int().openapi({ description: 'Seconds', example: 900 }),
    refresh_token: z.string().openapi({ description: 'For one call of `POST /v1/auth/refresh-token`' }),
  })
  .openapi('SessionTokens')

export const signedInSchema = memberSchema
  .extend({
    tokens: tokensSchema.optional().openapi({ description: 'With `token_delivery: "body"`, without cookies' }),
  })
  .openapi('SignedInMember')

export const tokenDeliverySchema = z
  .enum(['cookie', 'body'])
  .default('cookie')
  .openapi({ description: 'Browsers keep the tokens in cookies; other clients ask for them in the body' })

export const refreshTokenSchema = z.object({ refresh_token: z.string().min(1).max(200) }).openapi('RefreshToken')

export const sessionStateSchema = z
  .object({
    authenticated: z.boolean(),
    can_refresh: z
      .boolean()
      .openapi({ description: 'The access token has run out, but `POST /v1/auth/refresh` may bring a new one' }),
    member: memberSchema.optional(),
  })
  .openapi('SessionState')

export const sessionSchema = z
  .object({
    id: z.uuid(),
    device: z.string().openapi({ example: 'Firefox on Linux' }),
    created_at: z.iso.datetime(),
    last_seen_at: z.iso.datetime().openapi({ description: 'When it was last refreshed' }),
    expires_at: z.iso.datetime(),
    current: z.boolean().openapi({ description: 'Whether this request was made with it' }),
  })
  .openapi('Session')

export const sessionPageSchema = pageOf(sessionSchema).openapi('SessionPage')

export const sessionIdParamSchema = z.object({ id: z.uuid() })
