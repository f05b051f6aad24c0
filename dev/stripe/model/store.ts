import type {
  Charge,
  Coupon,
  Customer,
  Dispute,
  PaymentIntent,
  PaymentMethod,
  Price,
  Product,
  Refund,
  SessionRecord,
  ShippingRate,
  StripeEvent,
  StripeObject,
} from './objects.ts'

/** Everything the emulator knows, in memory, each kind in order of creation. */
export class Store {
  readonly sessions = new Map<string, SessionRecord>()
  /** Ids of sessions that may still expire, so that the clock need not look at all of them. */
  readonly openSessions = new Set<string>()
  readonly paymentIntents = new Map<string, PaymentIntent>()
  readonly paymentMethods = new Map<string, PaymentMethod>()
  readonly charges = new Map<string, Charge>()
  readonly refunds = new Map<string, Refund>()
  readonly disputes = new Map<string, Dispute>()
  readonly customers = new Map<string, Customer>()
  readonly deletedCustomers = new Set<string>()
  readonly products = new Map<string, Product>()
  readonly prices = new Map<string, Price>()
  /** Products and prices made by `price_data`: retrievable, never listed. */
  readonly inline = new Set<string>()
  readonly coupons = new Map<string, Coupon>()
  readonly shippingRates = new Map<string, ShippingRate>()
  readonly events = new Map<string, StripeEvent>()

  /** A customer as an expanded reference shows it, which outlives its deletion. */
  customerOrDeleted(id: string): StripeObject | undefined {
    if (this.deletedCustomers.has(id)) return { id, object: 'customer', deleted: true } as StripeObject
    return this.customers.get(id)
  }

  refundsOf(chargeId: string): Refund[] {
    return [...this.refunds.values()].filter((refund) => refund.charge === chargeId).toReversed()
  }
}
