import { z } from '@hono/zod-openapi'
import { LINE_QUANTITY_MAX } from '../../shared/cart-limits.ts'
import { moneySchema } from '../../shared/money.ts'
import { orNull } from '../../shared/or-null.ts'
import { pageOf } from '../../shared/pagination.ts'
import { DISCOUNT_REFUSALS } from '../../shared/problems.ts'
import { imageSchema } from '../catalog/schemas.ts'

const quantitySchema = z.int().min(1).max(LINE_QUANTITY_MAX).openapi({ example: 2 })

export const addItemSchema = z
  .object({
    sku_id: z.uuid(),
    quantity: quantitySchema,
    product_id: z.uuid().optional().openapi({
      description:
        'The product page that the SKU was chosen on, for the line to show; by default the first product that sells it',
    }),
  })
  .openapi('AddCartItem')

export const setQuantitySchema = z.object({ quantity: quantitySchema }).openapi('SetItemQuantity')

export const skuParamSchema = z.object({ sku_id: z.uuid() })

const codeSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  // oxlint-disable-next-line no-control-regex -- `\p{Cc}` needs a flag that a JSON Schema cannot carry
  .regex(/^[^\u0000-\u001f\u007f-\u009f]+$/, 'Contains characters that no code has.')
  .openapi({
    example: 'WELCOME10',
    description: 'Upper and lower case are the same',
    // Space around the code is allowed, and trimmed.
    pattern: '^\\s*(?!\\s)[^\\u0000-\\u001f\\u007f-\\u009f]+\\s*$',
  })

export const addDiscountCodeSchema = z.object({ code: codeSchema }).openapi('AddDiscountCode')

export const codeParamSchema = z.object({ code: codeSchema })

export const chooseShippingSchema = z.object({ shipping_method_id: z.uuid() }).openapi('ChooseShippingMethod')

export const replayedHeader = z.object({
  'Idempotent-Replayed': z
    .literal('true')
    .optional()
    .openapi({ description: 'Present when an earlier request with the same `Idempotency-Key` made the change' }),
})

const warningSchema = z
  .object({
    code: z.enum(['not-available', 'no-price', 'out-of-stock', 'insufficient-stock', 'back-ordered']),
    message: z.string(),
    available_quantity: z.int().optional().openapi({ description: 'How many units this cart could have' }),
  })
  .openapi('CartWarning')

const itemSchema = z
  .object({
    sku_id: z.uuid(),
    product_id: z.uuid().nullable(),
    product_slug: z.string().nullable().openapi({ description: 'Null when no product sells the SKU any more' }),
    title: z.string(),
    description: z.string().openapi({ description: "The SKU's description, colour and size in one text" }),
    sku_code: z.string().openapi({ example: 'MUG-SEA' }),
    color: z.string().nullable(),
    size: z.string().nullable(),
    image: orNull(imageSchema).openapi({ description: "The SKU's image, else the product's main image" }),
    quantity: z.int(),
    inventory_state: z.enum(['in_stock', 'back_ordered', 'out_of_stock']),
    available: z.boolean().openapi({ description: 'Whether it can be bought now' }),
    available_quantity: z.int().nullable().openapi({
      description: 'How many units this cart can have now, shown up to 99; null when stock is not tracked',
    }),
    unit_price: orNull(moneySchema).openapi({ description: 'Null while it cannot be bought' }),
    discount: moneySchema.openapi({ description: "This line's share of the item discounts" }),
    line_total: moneySchema.openapi({ description: 'quantity × unit_price − discount' }),
    warnings: z.array(warningSchema),
  })
  .openapi('CartItem')

const discountCodeSchema = z
  .object({
    code: z.string(),
    kind: z.enum(['percent', 'fixed', 'free_shipping', 'reduced_shipping']),
    description: z.string(),
    applied: z.boolean(),
    amount: moneySchema.openapi({ description: 'What it saves; 0 when it does not apply' }),
    reason: z.enum(DISCOUNT_REFUSALS).optional().openapi({ description: 'Why it does not apply' }),
    message: z.string().optional(),
  })
  .openapi('CartDiscountCode')

export const shippingMethodSchema = z
  .object({
    id: z.uuid(),
    code: z.string(),
    name: z.string(),
    description: z.string(),
    carrier: z.string(),
    price: moneySchema,
    min_days: z.int().nullable(),
    max_days: z.int().nullable(),
    tracking_url_template: z
      .string()
      .nullable()
      .openapi({ description: '`{tracking_number}` is the placeholder for the number' }),
  })
  .openapi('ShippingMethod')

export const shippingMethodListSchema = pageOf(shippingMethodSchema).openapi('ShippingMethodList')

export const cartSchema = z
  .object({
    id: z.uuid().nullable().openapi({ description: 'Null until something is put into the cart' }),
    version: z.int().openapi({ description: 'Rises with every change' }),
    currency: z.string(),
    items: z.array(itemSchema),
    discount_codes: z.array(discountCodeSchema),
    shipping_method: orNull(
      shippingMethodSchema
        .extend({ chosen: z.boolean().openapi({ description: "False while this is the shop's default" }) })
        .openapi('CartShippingMethod'),
    ),
    totals: z.object({
      item_subtotal: moneySchema,
      item_discount: moneySchema,
      shipping: moneySchema,
      shipping_discount: moneySchema,
      tax: moneySchema.openapi({ description: 'Always 0: Stripe works out the tax at the payment' }),
      total: moneySchema,
    }),
  })
  .openapi('Cart')

export type CartView = z.infer<typeof cartSchema>

export type ShippingMethodView = z.infer<typeof shippingMethodSchema>
