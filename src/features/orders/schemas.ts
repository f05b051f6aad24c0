import { z } from '@hono/zod-openapi'
import { paymentStates } from '../../db/schema/orders.ts'
import { moneySchema } from '../../shared/money.ts'
import { orNull } from '../../shared/or-null.ts'
import { pageOf } from '../../shared/pagination.ts'
import { imageSchema } from '../catalog/schemas.ts'

const addressSchema = z
  .object({
    name: z.string().nullable(),
    phone: z.string().nullable(),
    line1: z.string().nullable(),
    line2: z.string().nullable(),
    city: z.string().nullable(),
    state: z.string().nullable(),
    postal_code: z.string().nullable(),
    country: z.string().nullable(),
  })
  .openapi('Address')

export const orderIdentifierSchema = z
  .string()
  .max(40)
  .openapi({ param: { name: 'identifier', in: 'path' }, example: 'ORD-7K2M9QX4TB' })

export const orderQuerySchema = z.object({
  token: z.string().max(200).optional().openapi({ description: 'From the link in the confirmation email' }),
})

const paymentStateSchema = z.enum(paymentStates).openapi({
  description: 'The state of the payment: `disputed` while a dispute is open, and after a lost one',
})

const lineSchema = z
  .object({
    sku_id: z.string(),
    sku_code: z.string().openapi({ example: 'MUG-SEA' }),
    product_id: z
      .string()
      .nullable()
      .openapi({ description: 'The product that it was bought from, as long as that exists' }),
    product_slug: z.string().nullable(),
    title: z.string(),
    description: z.string().openapi({ description: "The SKU's description, colour and size in one text" }),
    color: z.string().nullable(),
    size: z.string().nullable(),
    image: orNull(imageSchema),
    quantity: z.int(),
    unit_price: moneySchema,
    discount: moneySchema,
    line_total: moneySchema,
  })
  .openapi('OrderLine')

export const orderSchema = z
  .object({
    identifier: z.string(),
    status: z.string(),
    status_label: z.string(),
    payment_state: paymentStateSchema,
    placed_at: z.iso.datetime(),
    email: z.string(),
    customer_name: z.string().nullable(),
    items: z
      .array(lineSchema)
      .openapi({ description: 'The lines as they were bought, even if the SKUs have changed since' }),
    discounts: z.array(
      z.object({
        code: z.string(),
        kind: z.enum(['percent', 'fixed', 'free_shipping', 'reduced_shipping']),
        description: z.string(),
        amount: moneySchema,
      }),
    ),
    totals: z.object({
      item_subtotal: moneySchema,
      item_discount: moneySchema,
      shipping: moneySchema,
      shipping_discount: moneySchema,
      tax: moneySchema,
      tax_included: z.boolean().openapi({ description: 'Whether prices include the tax, or it is added to them' }),
      total: moneySchema,
    }),
    shipping_address: orNull(addressSchema),
    billing_address: orNull(addressSchema),
    shipping_method: z
      .object({
        name: z.string(),
        carrier: z.string(),
        price: moneySchema,
        tracking_number: z.string().nullable(),
        tracking_url: z.string().nullable(),
      })
      .nullable(),
    payment: z.object({ amount: moneySchema, method: z.string().nullable(), paid_at: z.iso.datetime() }).nullable(),
    refunds: z.array(
      z.object({
        amount: moneySchema,
        status: z.string().openapi({ example: 'succeeded', description: "Stripe's status" }),
        reason: z.string().nullable(),
        created_at: z.iso.datetime(),
      }),
    ),
    statuses: z.array(
      z.object({ status: z.string(), label: z.string(), note: z.string(), created_at: z.iso.datetime() }),
    ),
    terms_of_sale: z.object({ version: z.string(), agreed_at: z.iso.datetime() }),
  })
  .openapi('Order')

export type OrderView = z.infer<typeof orderSchema>

export const orderListSchema = pageOf(
  z
    .object({
      identifier: z.string(),
      status: z.string(),
      status_label: z.string(),
      payment_state: paymentStateSchema,
      placed_at: z.iso.datetime(),
      total: moneySchema,
      item_count: z.int().openapi({ description: 'Units of all lines together' }),
      items: z.array(
        lineSchema
          .pick({
            sku_id: true,
            sku_code: true,
            product_slug: true,
            title: true,
            color: true,
            size: true,
            image: true,
            quantity: true,
          })
          .openapi('OrderSummaryLine'),
      ),
    })
    .openapi('OrderSummary'),
).openapi('OrderList')

export type OrderList = z.infer<typeof orderListSchema>
