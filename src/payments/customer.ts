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

/** What is given is written; what is left out stays. */
export type CustomerUpdate = {
  /** Null takes the address away. */
  email?: string | null
  name?: string
  /** Null takes the address away. */
  shipping?: ShippingAddress | null
}

type BillingRecord = Record<string, unknown>

/** All that the provider holds about a customer, in its own words: it is handed out, never read. */
export type BillingHistory = {
  /** False when there is more of a kind than is asked for. */
  complete: boolean
  customer: BillingRecord
  charges: BillingRecord[]
  payment_intents: BillingRecord[]
  checkout_sessions: BillingRecord[]
  refunds: BillingRecord[]
}
