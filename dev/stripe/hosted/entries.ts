import { bankDebit, countryOf, DEFAULT_CARD, DEFAULT_EMAIL, DEFAULT_NAME, defaultAddress } from '../control/pay-body.ts'
import type { Emulator } from '../emulator.ts'
import type { Address, SessionRecord } from '../model/objects.ts'
import { readCard } from '../payments/cards.ts'
import type { Payer } from '../payments/pay-session.ts'
import type { Means } from '../payments/payment-means.ts'

/** The page's fields by name, as text; a checkbox is `on` or absent. */
export type Entries = Record<string, string>

export type FieldErrors = Record<string, string>

const ADDRESS_FIELDS = ['line1', 'line2', 'city', 'state', 'postal_code', 'country'] as const

/** What the page shows at first: test data, so that a purchase takes one click. */
export function initialEntries(emulator: Emulator, record: SessionRecord): Entries {
  const session = record.object
  const customer = emulator.store.customers.get(session.customer ?? '')
  const address = defaultAddress(countryOf(record, undefined))
  const name = customer?.name ?? DEFAULT_NAME
  const custom = session.custom_fields.map((field): [string, string] => [
    `custom_${field.key}`,
    (field.text ?? field.numeric ?? field.dropdown)?.default_value ?? '',
  ])
  return {
    ...Object.fromEntries(custom),
    email: session.customer_email ?? customer?.email ?? DEFAULT_EMAIL,
    phone: '',
    name,
    shipping_name: name,
    ...addressEntries('shipping', address),
    ...addressEntries('billing', address),
    billing_same: 'on',
    shipping_rate: session.shipping_options[0]?.shipping_rate ?? '',
    payment_method: session.payment_method_types.includes('card') ? 'card' : 'bank_debit',
    card: DEFAULT_CARD.replaceAll(/(\d{4})(?=\d)/g, '$1 '),
    expiry: `12 / ${(new Date().getUTCFullYear() + 1) % 100}`,
    cvc: '123',
  }
}

const addressEntries = (prefix: string, address: Address): Entries =>
  Object.fromEntries(ADDRESS_FIELDS.map((field) => [`${prefix}_${field}`, address[field] ?? '']))

const addressFrom = (entries: Entries, prefix: string): Address => {
  const field = (name: (typeof ADDRESS_FIELDS)[number]) => entries[`${prefix}_${name}`]?.trim() || null
  return {
    city: field('city'),
    country: field('country'),
    line1: field('line1'),
    line2: field('line2'),
    postal_code: field('postal_code'),
    state: field('state'),
  }
}

/** Whose address the goods go to, for the tax that the page shows. */
export function destinationOf(record: SessionRecord, entries: Entries): string {
  const prefix = record.object.shipping_address_collection ? 'shipping' : 'billing'
  return entries[`${prefix}_country`] ?? ''
}

/** Reads the form; either what the customer pays with, or what is wrong by field. */
export function readPayer(record: SessionRecord, entries: Entries): { payer: Payer } | { errors: FieldErrors } {
  const session = record.object
  const errors: FieldErrors = {}
  const entered = (name: string) => entries[name]?.trim() ?? ''
  const require = (names: string[]) => {
    for (const name of names) if (entered(name) === '') errors[name] = 'Required.'
  }
  const email = session.customer_email ?? entered('email')
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) errors['email'] = 'Enter a valid email address.'
  const collectsShipping = session.shipping_address_collection !== null
  const separateBilling = !collectsShipping || entered('billing_same') === ''
  if (collectsShipping) require(['shipping_name', 'shipping_line1', 'shipping_city', 'shipping_country'])
  if (separateBilling) require(['billing_line1', 'billing_city', 'billing_country'])
  if (session.phone_number_collection?.enabled) require(['phone'])
  if (session.consent_collection?.terms_of_service === 'required') require(['terms'])
  require(session.custom_fields.filter((field) => !field.optional).map((field) => `custom_${field.key}`))
  const means = readMeans(record, entries, errors)
  if (means?.kind === 'card') require(['name'])
  if (!means || Object.keys(errors).length > 0) return { errors }
  const shippingAddress = addressFrom(entries, 'shipping')
  const shippingName = entered('shipping_name')
  const payer: Payer = {
    email,
    name: entered('name') || shippingName || DEFAULT_NAME,
    phone: entered('phone') || null,
    billingAddress: separateBilling ? addressFrom(entries, 'billing') : shippingAddress,
    shipping: collectsShipping ? { name: shippingName, address: shippingAddress } : null,
    shippingRate: entered('shipping_rate') || null,
    customFields: Object.fromEntries(session.custom_fields.map(({ key }) => [key, entered(`custom_${key}`)])),
    means,
  }
  return { payer }
}

function readMeans(record: SessionRecord, entries: Entries, errors: FieldErrors): Means | null {
  if (entries['payment_method'] === 'bank_debit') return bankDebit(record)
  const expiry = /^(\d{1,2})\s*\/?\s*(?:20)?(\d{2})$/.exec(entries['expiry']?.trim() ?? '')
  const month = Number(expiry?.[1] ?? 0)
  const year = 2000 + Number(expiry?.[2] ?? 0)
  const now = new Date()
  const past = year * 12 + month < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1
  if (!expiry || month < 1 || month > 12) errors['expiry'] = "Your card's expiration date is incomplete."
  else if (past) errors['expiry'] = "Your card's expiration date is in the past."
  if (!/^\d{3,4}$/.test(entries['cvc']?.trim() ?? '')) errors['cvc'] = "Your card's security code is incomplete."
  const card = readCard(entries['card'] ?? '', month, year)
  if (!card) errors['card'] = 'Your card number is incorrect.'
  return card && { kind: 'card', card }
}
