import type Stripe from 'stripe'
import type { Discount } from '../payments/quote.ts'

/**
 * The objects as the emulator keeps them: the SDK's own types, with every expandable reference held as its id
 * and decimals as the strings they are on the wire.
 */
type Unexpanded<T> = {
  [K in keyof T]: Extract<T[K], string> extends never ? T[K] : Exclude<T[K], { id: string }>
}

export type Address = Stripe.Address
export type Metadata = Stripe.Metadata

export type Price = Omit<Unexpanded<Stripe.Price>, 'unit_amount_decimal'> & { unit_amount_decimal: string | null }
export type Product = Unexpanded<Stripe.Product>
export type Coupon = Stripe.Coupon
export type ShippingRate = Unexpanded<Stripe.ShippingRate>
export type Customer = Unexpanded<Stripe.Customer>
export type PaymentIntent = Unexpanded<Stripe.PaymentIntent>
export type PaymentMethod = Unexpanded<Stripe.PaymentMethod>
export type Charge = Unexpanded<Stripe.Charge>
export type Refund = Unexpanded<Stripe.Refund>
export type Dispute = Unexpanded<Stripe.Dispute>
export type LineItem = Omit<Stripe.LineItem, 'price'> & { price: Price }
export type Session = Omit<Unexpanded<Stripe.Checkout.Session>, 'line_items' | 'shipping_options'> & {
  shipping_options: { shipping_amount: number; shipping_rate: string }[]
}
export type CustomField = Stripe.Checkout.Session.CustomField

/** Objects as they stand inside events, whatever their kind. */
export type StripeObject = { id: string; object: string }

export type StripeEvent = {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: StripeObject; previous_attributes?: Record<string, unknown> }
  livemode: false
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: string
}

/** What the caller asked to be put on the PaymentIntent that the session will create. */
type PaymentIntentData = {
  description?: string | undefined
  metadata?: Metadata | undefined
  receipt_email?: string | undefined
  setup_future_usage?: 'off_session' | 'on_session' | undefined
  statement_descriptor?: string | undefined
  statement_descriptor_suffix?: string | undefined
  transfer_group?: string | undefined
}

/** A session with what the API does not show of it. */
export type SessionRecord = {
  object: Session
  lineItems: LineItem[]
  paymentIntentData: PaymentIntentData
  customerUpdate: { address: boolean; name: boolean; shipping: boolean }
  /** Its one discount, as it was on creation; the coupon is redeemed when the session completes. */
  discount: { coupon: string; terms: Discount } | null
}
