import { z } from 'zod'
import { refused } from '../api/errors.ts'
import type { Emulator } from '../emulator.ts'
import type { Address, SessionRecord } from '../model/objects.ts'
import { readCard } from '../payments/cards.ts'
import type { Payer } from '../payments/pay-session.ts'
import type { Means } from '../payments/payment-means.ts'
import { bankDebitOf } from '../payments/payment-methods.ts'

const addressBody = z.strictObject({
  city: z.string().nullish(),
  country: z.string().length(2).nullish(),
  line1: z.string().nullish(),
  line2: z.string().nullish(),
  postal_code: z.string().nullish(),
  state: z.string().nullish(),
})

/** Everything is optional: what is left out is what a customer of the emulator would have entered. */
export const payBody = z.strictObject({
  card: z.string().optional(),
  payment_method: z.enum(['card', 'bank_debit']).optional(),
  email: z.string().optional(),
  name: z.string().optional(),
  phone: z.string().nullish(),
  /** Where the default addresses lie. */
  country: z.string().length(2).optional(),
  /** Id of a shipping rate that the session offers. */
  shipping_rate: z.string().optional(),
  shipping: z.strictObject({ name: z.string().optional(), address: addressBody.optional() }).optional(),
  billing: z.strictObject({ name: z.string().optional(), address: addressBody.optional() }).optional(),
  custom_fields: z.record(z.string(), z.string()).optional(),
})

export const DEFAULT_EMAIL = 'jenny.rosen@example.com'
export const DEFAULT_NAME = 'Jenny Rosen'
export const DEFAULT_CARD = '4242424242424242'

const US_ADDRESS: Address = {
  city: 'San Francisco',
  country: 'US',
  line1: '354 Oyster Point Blvd',
  line2: null,
  postal_code: '94080',
  state: 'CA',
}

/** A plausible address in any country. */
export const defaultAddress = (country: string): Address =>
  country === 'US'
    ? { ...US_ADDRESS }
    : { city: 'Springfield', country, line1: '1 Main Street', line2: null, postal_code: '10000', state: null }

/** Where the session's customer lives: where asked for, or a country that the session ships to. */
export function countryOf(record: SessionRecord, wanted: string | undefined): string {
  const allowed = record.object.shipping_address_collection?.allowed_countries
  if (wanted !== undefined) return wanted
  return allowed === undefined || allowed.includes('US') ? 'US' : (allowed[0] ?? 'US')
}

/** The customer's entries as the hosted page would have sent them. */
export function payerFrom(emulator: Emulator, record: SessionRecord, body: z.infer<typeof payBody>): Payer {
  const session = record.object
  const customer = emulator.store.customers.get(session.customer ?? '')
  const name = body.name ?? customer?.name ?? DEFAULT_NAME
  const country = countryOf(record, body.country)
  const shippingAddress = { ...defaultAddress(country), ...given(body.shipping?.address) }
  const billingAddress = { ...shippingAddress, ...given(body.billing?.address) }
  const collectsShipping = session.shipping_address_collection !== null
  return {
    email: session.customer_email ?? body.email ?? customer?.email ?? DEFAULT_EMAIL,
    name: body.billing?.name ?? name,
    phone: body.phone ?? (session.phone_number_collection?.enabled ? '+15555550100' : null),
    billingAddress,
    shipping: collectsShipping ? { name: body.shipping?.name ?? name, address: shippingAddress } : null,
    shippingRate: body.shipping_rate ?? null,
    customFields: body.custom_fields ?? {},
    means: meansFrom(record, body),
  }
}

function meansFrom(record: SessionRecord, body: z.infer<typeof payBody>): Means {
  if (body.payment_method === 'bank_debit') return bankDebit(record)
  const nextYear = new Date().getUTCFullYear() + 1
  const card = readCard(body.card ?? DEFAULT_CARD, 12, nextYear)
  if (!card) throw refused('Your card number is incorrect.', { code: 'incorrect_number', param: 'card' })
  return { kind: 'card', card }
}

export function bankDebit(record: SessionRecord): Means {
  const type = bankDebitOf(record.object.currency ?? '')
  if (type === null) {
    throw refused(`There is no bank debit in ${record.object.currency}.`, { param: 'payment_method' })
  }
  return { kind: 'bank_debit', type }
}

const given = (address: z.infer<typeof addressBody> | undefined): Partial<Address> =>
  Object.fromEntries(Object.entries(address ?? {}).filter(([, value]) => value !== undefined))
