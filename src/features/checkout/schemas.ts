import { z } from '@hono/zod-openapi'
import { checkoutStatuses } from '../../db/schema/checkout.ts'
import { turnstileTokenSchema } from '../../shared/turnstile.ts'
import { moneySchema } from '../../shared/money.ts'
import { emailAddressSchema } from '../../shared/email-address.ts'
import { PAYMENT_NOTES } from './rules.ts'

export const startCheckoutSchema = z
  .strictObject({
    agreed_with_terms_of_sale: z.literal(true).openapi({ description: 'The buyer must agree to the terms of sale' }),
    email: emailAddressSchema.optional().openapi({
      example: 'jane@example.com',
      description: "A visitor's address. Ignored for members: the confirmation goes to the account's address",
    }),
    turnstile_token: turnstileTokenSchema,
    expected_total: moneySchema.optional().openapi({
      description:
        'The total that the buyer was shown; if it has changed, the checkout is refused with `price-changed`',
    }),
  })
  .openapi('StartCheckout')

export const startedCheckoutSchema = z
  .object({
    checkout_id: z.uuid(),
    session_id: z.string(),
    url: z.string().nullable().openapi({ description: 'The payment page; null once it is paid' }),
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
    payment: z.enum(PAYMENT_NOTES).optional().openapi({
      description:
        'Present when `status` alone would mislead the buyer. `received`: paid, but no order could be placed by itself; the shop has been alerted. `closed`: paid, and the shop has refunded it or otherwise resolved it without an order. `unknown`: a rate limit kept us from asking Stripe, so `status` may be out of date',
    }),
    url: z.string().optional().openapi({ description: 'The payment page, while it is open' }),
    expires_at: z.iso.datetime().optional().openapi({ description: 'When the payment page closes, while it is open' }),
  })
  .openapi('CheckoutResult')
