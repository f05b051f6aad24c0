/**
 * `processing` waits for money that is on its way, such as a bank debit; `failed` is what became of one that did not come.
 * A session that may still be paid is `open`, and so is one whose status we do not know.
 */
export type CheckoutSessionState = 'open' | 'processing' | 'paid' | 'failed' | 'expired'

export type PaymentAddress = {
  name: string | null
  phone: string | null
  line1: string | null
  line2: string | null
  city: string | null
  state: string | null
  postalCode: string | null
  country: string | null
}

/** A payment page and what was paid there, as the provider holds it now. Amounts are in minor units. */
export type CheckoutSession = {
  id: string
  /** Only a session that was retrieved by its id can be told to have `failed`; a listed one reads as `processing`. */
  state: CheckoutSessionState
  /** The payment page, while there is one. */
  url: string | null
  /** The checkout that the session names, whoever made it. */
  checkoutId: string | null
  /** Only whoever holds our secret key can have made it for that checkout. */
  isMadeByShop: boolean
  /** The checkout's fingerprint, in sessions that the shop made. */
  fingerprint: string | null
  paymentIntentId: string | null
  customerId: string | null
  /** What the buyer gave. */
  email: string | null
  name: string | null
  /** Null while the provider has not worked it out. */
  totalAmount: number | null
  taxAmount: number
  currency: string | null
  /** What it was paid with, e.g. `card`; only in a session that was retrieved by its id. */
  paymentMethodType: string | null
  shippingAddress: PaymentAddress
  billingAddress: PaymentAddress
}

/** What a payment page is made from. Amounts are in minor units. */
export type NewCheckoutSession = {
  checkoutId: string
  fingerprint: string
  currency: string
  lines: { title: string; description: string; quantity: number; unitAmount: number }[]
  /** Taken off the lines together. */
  discount: { name: string; amount: number } | null
  shipping: { name: string; amount: number; countries: string[] }
  /** Whether the provider works tax out, and whether amounts contain it. */
  tax: { isAutomatic: boolean; isIncluded: boolean }
  /** A member pays as their customer; null for a visitor. */
  customerId: string | null
  /** What a visitor's payment page is filled in with; null lets it ask. */
  email: string | null
  locale: 'en' | 'es'
  expiresAt: Date
  /** Where the buyer goes after paying. */
  returnUrl: (sessionId: string) => string
  cancelUrl: string
}

export type OpenedSession = {
  id: string
  url: string | null
  /** The provider had answered the same request before: the session is not new. */
  isReplayed: boolean
}
