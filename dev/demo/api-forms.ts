import { z } from 'zod'

// What the contract promises of each answer, and no more: the demo is a client like any other.

export const money = z.object({ amount: z.int(), currency: z.string() })
export type Money = z.infer<typeof money>

export const productList = z.object({
  items: z.array(z.object({ slug: z.string(), title: z.string(), price_from: money.nullable() })),
  next_cursor: z.string().nullable(),
})

export const product = z.object({
  slug: z.string(),
  title: z.string(),
  skus: z.array(
    z.object({ id: z.string(), price: money.nullable(), inventory_state: z.string(), available: z.unknown() }),
  ),
})

export const cart = z.object({
  items: z.array(z.object({ sku_id: z.string(), quantity: z.int(), line_total: money })),
  discount_codes: z.array(z.unknown()),
  totals: z.object({
    item_subtotal: money,
    item_discount: money,
    shipping: money,
    shipping_discount: money,
    tax: money,
    total: money,
  }),
})
export type Cart = z.infer<typeof cart>

export const shippingMethods = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string(), price: money })),
})

export const startedCheckout = z.object({ checkout_id: z.string(), session_id: z.string(), url: z.string() })

export const checkoutResult = z.object({ status: z.string(), order_identifier: z.string().optional() })

export const order = z.object({
  identifier: z.string(),
  totals: z.object({ total: money }),
  items: z.array(z.object({ quantity: z.int() })),
})

export const orderList = z.object({
  items: z.array(z.object({ identifier: z.string(), status_label: z.string(), total: money, item_count: z.int() })),
  next_cursor: z.string().nullable(),
})

export const registered = z.object({ username: z.string() })

export const account = z.object({ email_verified: z.boolean() })

export const session = z.object({ authenticated: z.boolean() })

/** The answer of a call that says no more than that it was done. */
export const nothing = z.undefined()

/** The emulator's report of the events it sent. */
export const webhookReport = z.object({
  events: z.array(
    z.object({ type: z.string(), delivered: z.boolean(), attempts: z.array(z.object({ status: z.int().nullable() })) }),
  ),
})

export function show({ amount, currency }: Money): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 100)
}
