import { z } from 'zod'
import { notFound } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import {
  address,
  clearable,
  createdFilter,
  email,
  integer,
  metadata,
  notEmulated,
  oneOf,
  pagination,
  params,
  text,
} from '../api/params.ts'
import { route } from '../api/route.ts'
import type { Emulator } from '../emulator.ts'
import type { Address, Customer } from '../model/objects.ts'
import { createCustomer, type CustomerShipping } from './create-customer.ts'
import { mergedMetadata } from './metadata.ts'

const unlessEmulated = notEmulated.optional()
const shipping = z.strictObject({ address, name: text(), phone: text().optional() })

const customerFields = {
  address: clearable(address).optional(),
  balance: integer().optional(),
  description: clearable(text()).optional(),
  email: clearable(email).optional(),
  invoice_prefix: text(12).optional(),
  metadata: clearable(metadata).optional(),
  name: clearable(text(256)).optional(),
  phone: clearable(text(20)).optional(),
  preferred_locales: z.array(text(10)).optional(),
  shipping: clearable(shipping).optional(),
  tax_exempt: clearable(oneOf('exempt', 'none', 'reverse')).optional(),
  business_name: unlessEmulated,
  cash_balance: unlessEmulated,
  individual_name: unlessEmulated,
  invoice_settings: unlessEmulated,
  next_invoice_sequence: unlessEmulated,
  payment_method: unlessEmulated,
  source: unlessEmulated,
  tax: unlessEmulated,
  tax_id_data: unlessEmulated,
  test_clock: unlessEmulated,
  validate: unlessEmulated,
}

const customerParams = params(customerFields)
type CustomerParams = z.infer<typeof customerParams>

const fullAddress = (given: z.infer<typeof address>): Address => ({
  city: given.city ?? null,
  country: given.country ?? null,
  line1: given.line1 ?? null,
  line2: given.line2 ?? null,
  postal_code: given.postal_code ?? null,
  state: given.state ?? null,
})

function fullShipping(given: z.infer<typeof shipping>): CustomerShipping {
  return { address: fullAddress(given.address), name: given.name, phone: given.phone ?? '' }
}

/** Given parameters as fields of the customer; those that were not given are left out. */
function fieldsFrom(given: CustomerParams): Partial<Customer> {
  const { expand: _expand, metadata: _metadata, address, shipping, ...plain } = given
  const fields: Partial<Customer> = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined))
  if (address !== undefined) fields.address = address && fullAddress(address)
  if (shipping !== undefined) fields.shipping = shipping && fullShipping(shipping)
  return fields
}

function getCustomer(emulator: Emulator, id: string): Customer {
  const customer = emulator.store.customers.get(id)
  if (!customer) throw notFound('customer', id)
  return customer
}

export const customerRoutes = [
  route({
    method: 'POST',
    path: '/v1/customers',
    params: customerParams,
    returns: one('customer'),
    run({ emulator, params, cause }) {
      const { address, shipping } = params
      return createCustomer(
        emulator,
        { ...params, address: address && fullAddress(address), shipping: shipping && fullShipping(shipping) },
        cause,
      )
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers',
    params: params({ ...pagination, ...createdFilter, email: text(512).optional(), test_clock: unlessEmulated }),
    returns: listOf('customer'),
    run({ emulator, params }) {
      const customers = newestFirst(emulator.store.customers.values()).filter(
        (customer) =>
          createdWithin(customer.created, params.created) &&
          // Stripe's email filter is case-sensitive.
          (params.email === undefined || customer.email === params.email),
      )
      return page(customers, params, '/v1/customers', 'customer')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers/{id}',
    params: params({}),
    returns: one('customer'),
    // A deleted customer is still answered for, as `{ id, deleted: true }`.
    run: ({ emulator, id }) => emulator.store.customerOrDeleted(id) ?? getCustomer(emulator, id),
  }),
  route({
    method: 'POST',
    path: '/v1/customers/{id}',
    params: customerParams,
    returns: one('customer'),
    run({ emulator, id, params, cause }) {
      const customer = getCustomer(emulator, id)
      const before = structuredClone(customer)
      Object.assign(customer, fieldsFrom(params))
      customer.metadata = mergedMetadata(customer.metadata, params.metadata)
      const after = new Map<string, unknown>(Object.entries(customer))
      const changed = Object.entries(before).filter(
        ([field, value]) => JSON.stringify(value) !== JSON.stringify(after.get(field)),
      )
      if (changed.length > 0) emulator.events.emit('customer.updated', customer, cause, Object.fromEntries(changed))
      return customer
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/customers/{id}',
    params: params({}),
    returns: one('customer'),
    run({ emulator, id, cause }) {
      const customer = getCustomer(emulator, id)
      emulator.store.customers.delete(id)
      emulator.store.deletedCustomers.add(id)
      emulator.events.emit('customer.deleted', customer, cause)
      return { id, object: 'customer', deleted: true }
    },
  }),
]
