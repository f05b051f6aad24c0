import { z } from '@hono/zod-openapi'
import { emailAddressSchema } from '../../shared/email-address.ts'

const row = z.record(z.string(), z.unknown())
const rows = z.array(row)

export const accountExportSchema = z
  .object({
    exported_at: z.iso.datetime(),
    member_id: z.uuid(),
    account: z
      .object({
        profile: row.nullable(),
        default_address: row.nullable(),
        terms_agreements: rows,
        sessions: rows,
        known_devices: rows,
        one_time_tokens: rows,
        deletion_requests: rows,
        cart: row.nullable(),
        checkouts: rows,
        orders: rows,
        prospects: rows,
        emails: rows,
      })
      .openapi({ description: 'Everything that the shop holds, without passwords and tokens' }),
    billing: z
      .object({
        complete: z.boolean().openapi({ description: 'False when there are more than 1,000 of a kind' }),
        customer: row,
        charges: rows,
        payment_intents: rows,
        checkout_sessions: rows,
        refunds: rows,
      })
      .nullable()
      .openapi({
        description: 'What Stripe holds, in its own format; null if the member was never a customer at Stripe',
      }),
  })
  .openapi('AccountExport')

export const deleteAccountSchema = z
  .strictObject({ password: z.string().min(1).max(1_000).openapi({ description: 'The password of the account' }) })
  .openapi('DeleteAccount')

export const privacyRequestSchema = z
  .strictObject({
    email: emailAddressSchema,
    kind: z.enum(['export', 'erasure']).openapi({ description: 'A copy of everything, or its erasure' }),
  })
  .openapi('PrivacyRequest')

export const confirmPrivacyRequestSchema = z
  .strictObject({ token: z.string().min(1).max(200).openapi({ description: 'From the link in the email' }) })
  .openapi('ConfirmPrivacyRequest')

export const guestExportSchema = z
  .object({
    exported_at: z.iso.datetime(),
    email: z.email(),
    data: z
      .object({ prospects: rows, checkouts: rows, orders: rows, emails: rows })
      .openapi({ description: 'Everything that the shop holds under the address without an account' }),
  })
  .openapi('GuestExport')
