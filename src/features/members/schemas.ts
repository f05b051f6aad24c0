import { z } from '@hono/zod-openapi'

export const memberSchema = z
  .object({
    id: z.uuid(),
    username: z.string().openapi({ example: 'jane.doe' }),
    email: z.email().openapi({ example: 'jane@example.com' }),
    email_verified: z.boolean().openapi({ description: 'Whether somebody has followed a link that was sent there' }),
    email_owned: z.boolean().openapi({
      description:
        'Whether they were signed in to this account then, or gave its password; guest orders join the account with that',
    }),
    pending_email: z
      .string()
      .nullable()
      .openapi({ description: 'Replaces `email` once the link that was sent there is followed' }),
    first_name: z.string(),
    last_name: z.string(),
    newsletter: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .openapi('Member')

export const loginNameSchema = z
  .string()
  .min(1)
  .max(254)
  .openapi({ example: 'jane.doe', description: 'Username or email' })
