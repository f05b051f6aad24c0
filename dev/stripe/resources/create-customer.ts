import type { Cause, Emulator } from '../emulator.ts'
import { newId } from '../model/ids.ts'
import type { Address, Customer, Metadata } from '../model/objects.ts'
import { newMetadata } from './metadata.ts'

export type CustomerShipping = Customer['shipping']

type NewCustomer = {
  address?: Address | null | undefined
  balance?: number | undefined
  description?: string | null | undefined
  email?: string | null | undefined
  invoice_prefix?: string | undefined
  metadata?: Metadata | null | undefined
  name?: string | null | undefined
  phone?: string | null | undefined
  preferred_locales?: string[] | undefined
  shipping?: CustomerShipping | undefined
  tax_exempt?: 'exempt' | 'none' | 'reverse' | null | undefined
}

export function createCustomer(emulator: Emulator, given: NewCustomer, cause: Cause): Customer {
  const id = newId('cus')
  const customer: Customer = {
    id,
    object: 'customer',
    address: given.address ?? null,
    balance: given.balance ?? 0,
    created: emulator.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: given.description ?? null,
    discount: null,
    email: given.email ?? null,
    invoice_prefix: given.invoice_prefix ?? id.slice(-8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: newMetadata(given.metadata),
    name: given.name ?? null,
    next_invoice_sequence: 1,
    phone: given.phone ?? null,
    preferred_locales: given.preferred_locales ?? [],
    shipping: given.shipping ?? null,
    tax_exempt: given.tax_exempt ?? 'none',
    test_clock: null,
  }
  emulator.store.customers.set(id, customer)
  emulator.events.emit('customer.created', customer, cause)
  return customer
}
