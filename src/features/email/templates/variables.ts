import { z } from 'zod'

const text = z.string()
const link = z.url()
const given = text.nullable().optional()

/** The variable `shop` of every email. */
const shop = z.object({
  name: text,
  legal_name: text,
  address: z.array(text),
  logo_url: link.nullable(),
  support_email: text,
  social_links: z.array(z.object({ name: text, url: link })),
  accent: text,
  accent_dark: text,
  on_accent: text,
  on_accent_dark: text,
})

/** The variable `order`, formatted for its locale; amounts of zero are null. */
const order = z.object({
  identifier: text,
  url: link,
  placed_at: text,
  customer_name: text.nullable(),
  status: text.nullable(),
  lines: z.array(
    z.object({
      title: text,
      description: text,
      sku_code: text,
      color: text.nullable(),
      size: text.nullable(),
      image: link.nullable(),
      image_caption: text.nullable(),
      quantity: z.int(),
      unit_price: text,
      subtotal: text,
      discount: text.nullable(),
      total: text,
    }),
  ),
  discounts: z.array(z.object({ code: text, description: text })),
  item_subtotal: text,
  item_discount: text.nullable(),
  shipping: text,
  shipping_discount: text.nullable(),
  tax: text.nullable(),
  tax_included: z.boolean(),
  total: text,
  shipping_address: z.array(text),
  billing_address: z.array(text),
  shipping_method: z
    .object({ name: text, carrier: text, tracking_number: text.nullable(), tracking_url: link.nullable() })
    .nullable(),
})

/** The variables of every email. The codes of email, member and prospect are empty strings if there is none. */
const everyEmail = { shop, storefront_url: link, em_cd: text, mb_cd: text, pr_cd: text }

/** An email about an order; `own` are the variables that its cause adds. */
const aboutOrder = <Own extends z.ZodRawShape>(own: Own) => ({
  own: z.strictObject(own),
  all: z.object({ ...everyEmail, order, ...own }),
})

const notice = <Own extends z.ZodRawShape>(own: Own) => ({
  own: z.strictObject(own),
  all: z.object({ ...everyEmail, ...own }),
})

/** An email to a member, which greets them by name. */
const toMember = <Own extends z.ZodRawShape>(own: Own) => notice({ name: given, mb_cd: text, ...own })

/**
 * All emails of the shop by their code, with their variables. `checkTemplate` and the seed refuse a template that uses any
 * other variable; whoever writes an email into the outbox must give exactly `own`.
 */
export const EMAILS = {
  order_confirmation_member: aboutOrder({}),
  order_confirmation_prospect: aboutOrder({}),
  order_status_changed: aboutOrder({ note: given }),
  refund: aboutOrder({ refund_amount: text, note: given }),
  welcome_verification: toMember({ verify_url: link, disown_url: link }),
  email_verification: toMember({ verify_url: link, disown_url: link }),
  email_change_requested: toMember({ undo_url: link }),
  password_changed: toMember({ reset_url: link }),
  password_reset: toMember({ reset_url: link }),
  account_locked: toMember({ reset_url: link }),
  subscription_cancelled: toMember({ plan: text, ends_on: text, billing_url: link }),
  privacy_request: notice({ name: given, kind: z.enum(['export', 'erasure']), confirm_url: link }),
  privacy_request_member: notice({ name: given, account_url: link }),
  payment_failed: notice({ name: given, cart_url: link, checkout_id: text }),
  operator_alert: notice({
    code: text,
    reason: given,
    amount: given,
    order: given,
    checkout: given,
    payment_intent: given,
    evidence_due_by: given,
    template: given,
    problem: given,
    object_id: given,
    event_id: given,
    event_type: given,
    request_id: given,
  }),
} as const

export type EmailCode = keyof typeof EMAILS

/** The variables that whoever writes the email into the outbox must give. */
export type EmailVariables<Code extends EmailCode> = z.input<(typeof EMAILS)[Code]['own']>

export type OrderVariables = z.input<typeof order>
export type ShopVariables = z.input<typeof shop>

export const isEmailCode = (code: string): code is EmailCode => Object.hasOwn(EMAILS, code)
