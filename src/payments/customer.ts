/** A shipping address as the API takes it. */
export type ShippingAddress = {
  name: string
  phone: string | null
  line1: string
  line2: string | null
  city: string
  state: string | null
  postal_code: string
  country: string
}

/** Changes to a customer; fields that are left out stay as they are. */
export type CustomerUpdate = {
  /** Null removes the address. */
  email?: string | null
  name?: string
  /** Null removes the address. */
  shipping?: ShippingAddress | null
}

type BillingRecord = Record<string, unknown>

/** Everything that the provider holds about a customer, in its own format, for the member's export. */
export type BillingHistory = {
  /** False when the provider has more objects of a kind than are listed. */
  complete: boolean
  customer: BillingRecord
  charges: BillingRecord[]
  payment_intents: BillingRecord[]
  checkout_sessions: BillingRecord[]
  refunds: BillingRecord[]
}
