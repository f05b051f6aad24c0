import { z } from '@hono/zod-openapi'
import { checkoutStatuses } from '../../db/schema/checkout.ts'
import { turnstileTokenSchema } from '../../shared/turnstile.ts'
import { moneySchema } from '../../shared/money.ts'
import { emailAddressSchema } from '../../shared/email-address.ts'

export const startCheckoutSchema = z
  .strictObject({
    agreed_with_terms_of_sale: z.literal(true).openapi({ description: 'The buyer must agree to the terms of sale' }),
    email: emailAddressSchema.optional().openapi({
      example: 'jane@example.com',
      description: "A visitor's; ignored for members, whose order is confirmed to the address of their account",
    }),
    turnstile_token: turnstileTokenSchema,
    expected_total: moneySchema.optional().openapi({
      description: 'The total that the buyer was shown; refused with `price-changed` when it is no longer so',
    }),
  })
  .openapi('StartCheckout')

export const startedCheckoutSchema = z
  .object({
    checkout_id: z.uuid(),
    session_id: z.string(),
    url: z.string().nullable().openapi({ description: 'Where to send the buyer to pay; null once paid' }),
    expires_at: z.iso.datetime(),
  })
  .openapi('Checkout')

export const sessionIdSchema = z
  .string()
  .regex(/^cs_[A-Za-z0-9_]{1,200}$/)
  .openapi({ param: { name: 'session_id', in: 'path' }, example: 'cs_test_a1b2c3' })

export const checkoutResultSchema = z
  .object({
    status: z.enum(checkoutStatuses),
    order_identifier: z.string().optional().openapi({ description: 'Once it is complete' }),
    url: z.string().optional().openapi({ description: 'While it is open: where to send the buyer to pay' }),
    expires_at: z.iso.datetime().optional().openapi({ description: 'While it is open: when it ends' }),
  })
  .openapi('CheckoutResult')
