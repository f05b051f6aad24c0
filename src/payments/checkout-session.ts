/**
 * `open`: can still be paid; also for a status that we do not know. `processing`: the money is on its way, as with a bank
 * debit. `failed`: that money did not arrive.
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

/** A payment page and its payment, as the provider has it now. Amounts are in minor units. */
export type CheckoutSession = {
  id: string
  /** `failed` is known only for a session that was retrieved by its id; in a list it reads as `processing`. */
  state: CheckoutSessionState
  /** The URL of the payment page; null once the page is closed. */
  url: string | null
  /** The checkout that the session names, whoever made the session. */
  checkoutId: string | null
  /** Whether the session was made with our secret key for that checkout. */
  isMadeByShop: boolean
  /** The checkout's fingerprint; null in a session that the shop did not make. */
  fingerprint: string | null
  paymentIntentId: string | null
  customerId: string | null
  /** The address that the buyer gave. */
  email: string | null
  name: string | null
  /** Null until the provider has worked it out. */
  totalAmount: number | null
  taxAmount: number
  currency: string | null
  /** How it was paid, such as `card`; only in a session that was retrieved by its id. */
  paymentMethodType: string | null
  shippingAddress: PaymentAddress
  billingAddress: PaymentAddress
}

/** The payment page to open. Amounts are in minor units. */
export type NewCheckoutSession = {
  checkoutId: string
  fingerprint: string
  currency: string
  lines: { title: string; description: string; quantity: number; unitAmount: number }[]
  /** One discount off the sum of the lines. */
  discount: { name: string; amount: number } | null
  shipping: { name: string; amount: number; countries: string[] }
  /** Whether the provider works out the tax, and whether the amounts include it. */
  tax: { isAutomatic: boolean; isIncluded: boolean }
  /** The member's customer at the provider; null for a visitor. */
  customerId: string | null
  /** The visitor's address, filled into the payment page; with null the page asks for it. */
  email: string | null
  locale: 'en' | 'es'
  expiresAt: Date
  /** Where the buyer is sent after paying. */
  returnUrl: (sessionId: string) => string
  cancelUrl: string
}

export type OpenedSession = {
  id: string
  url: string | null
  /** The provider repeated the answer to an earlier request, so the session is not new. */
  isReplayed: boolean
}
