import type { Cause, Emulator } from '../emulator.ts'
import type { SessionRecord } from '../model/objects.ts'
import { createCustomer } from '../resources/create-customer.ts'
import type { Payer } from './pay-session.ts'

/** Creates the customer that the session asked for, or writes back what it was told to update. */
export function saveCustomer(emulator: Emulator, record: SessionRecord, payer: Payer, cause: Cause): void {
  const session = record.object
  if (session.customer === null) {
    if (session.customer_creation !== 'always') return
    const customer = createCustomer(
      emulator,
      {
        email: payer.email,
        name: payer.name,
        phone: payer.phone,
        address: payer.billingAddress,
        shipping: shippingOf(payer),
      },
      cause,
    )
    session.customer = customer.id
    return
  }
  const customer = emulator.store.customers.get(session.customer)
  if (!customer) return
  const { address, name, shipping } = record.customerUpdate
  const previous: Record<string, unknown> = {}
  if (address) {
    previous['address'] = customer.address
    customer.address = payer.billingAddress
  }
  if (name) {
    previous['name'] = customer.name
    customer.name = payer.name
  }
  if (shipping && payer.shipping) {
    previous['shipping'] = customer.shipping
    customer.shipping = shippingOf(payer)
  }
  if (Object.keys(previous).length > 0) emulator.events.emit('customer.updated', customer, cause, previous)
}

const shippingOf = (payer: Payer) => payer.shipping && { ...payer.shipping, phone: payer.phone ?? '' }
