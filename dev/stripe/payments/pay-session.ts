import { refused, StripeError } from '../api/errors.ts'
import type { Cause, Emulator } from '../emulator.ts'
import type { Address, Charge, PaymentIntent, SessionRecord, ShippingRate } from '../model/objects.ts'
import { redeemCoupon } from '../resources/coupons.ts'
import type { Decline } from './cards.ts'
import { createCharge } from './charges.ts'
import { openDispute } from './disputes.ts'
import { createIntent } from './payment-intents.ts'
import { type BillingDetails, createPaymentMethod, type Means, typeOf } from './payment-means.ts'
import { saveCustomer } from './session-customer.ts'
import { applyQuote, quoteSession, shippingRatesOf } from './session-totals.ts'
import { taxRateOf } from './tax.ts'

/** What the customer entered on the payment page. */
export type Payer = {
  email: string
  name: string
  phone: string | null
  billingAddress: Address
  shipping: { name: string; address: Address } | null
  /** Id of the chosen shipping rate; the preselected one when null. */
  shippingRate: string | null
  /** Entries of the session's custom fields by key. */
  customFields: Record<string, string>
  means: Means
}

/**
 * Pays an open session, all in one go: two attempts can never both succeed.
 * Throws StripeError: 400 when the session cannot be paid, 402 when the card is declined (it stays open).
 */
export function paySession(emulator: Emulator, record: SessionRecord, payer: Payer, cause: Cause): void {
  const session = record.object
  ensurePayable(record, payer)
  const shippingRate = chosenRate(emulator, record, payer)
  const taxRate = session.automatic_tax.enabled ? taxRateOf(taxCountry(payer)) : 0
  applyQuote(record, quoteSession(record, shippingRate, taxRate), shippingRate)
  if (session.automatic_tax.enabled) session.automatic_tax.status = 'complete'
  collect(record, payer)
  if (session.amount_total === 0) {
    saveCustomer(emulator, record, payer, cause)
    complete(emulator, record, 'no_payment_required', cause)
    return
  }
  const intent = intentFor(emulator, record, cause)
  const decline = payer.means.kind === 'card' ? payer.means.card.decline : null
  if (decline) throw declineIntent(emulator, intent, payer, decline, cause)
  saveCustomer(emulator, record, payer, cause)
  intent.customer = session.customer
  if (payer.means.kind === 'bank_debit') {
    startDebit(emulator, intent, payer, cause)
    complete(emulator, record, 'unpaid', cause)
    return
  }
  const charge = succeed(emulator, intent, payer, cause)
  complete(emulator, record, 'paid', cause)
  if (payer.means.card.disputed) openDispute(emulator, charge, { amount: null, reason: 'fraudulent' }, cause)
}

function ensurePayable(record: SessionRecord, payer: Payer): void {
  const session = record.object
  if (session.status === 'complete') throw refused('This Checkout Session has already been completed.')
  if (session.status !== 'open') throw refused('This Checkout Session has expired.')
  const type = typeOf(payer.means)
  if (!session.payment_method_types.includes(type)) {
    throw refused(`The payment method type \`${type}\` is not offered by this Checkout Session.`, {
      param: 'payment_method',
    })
  }
  const allowed = session.shipping_address_collection?.allowed_countries
  const country = payer.shipping?.address.country ?? ''
  if (allowed && !allowed.includes(country)) {
    throw refused(`We do not ship to ${country === '' ? 'this country' : country}.`, { param: 'shipping' })
  }
}

function chosenRate(emulator: Emulator, record: SessionRecord, payer: Payer): ShippingRate | null {
  const rates = shippingRatesOf(emulator, record)
  if (payer.shippingRate === null) return rates[0] ?? null
  const rate = rates.find(({ id }) => id === payer.shippingRate)
  if (!rate) throw refused('This shipping option is not offered.', { param: 'shipping_rate' })
  return rate
}

/** Goods are taxed where they go; without shipping, where the buyer is. */
const taxCountry = (payer: Pick<Payer, 'shipping' | 'billingAddress'>): string | null =>
  payer.shipping?.address.country ?? payer.billingAddress.country

function collect(record: SessionRecord, payer: Payer): void {
  const session = record.object
  session.customer_details = {
    address: payer.billingAddress,
    business_name: null,
    email: payer.email,
    individual_name: null,
    name: payer.name,
    phone: payer.phone,
    tax_exempt: 'none',
    tax_ids: [],
  }
  session.collected_information = { business_name: null, individual_name: null, shipping_details: payer.shipping }
  for (const field of session.custom_fields) {
    const entry = field.text ?? field.numeric ?? field.dropdown
    if (entry) entry.value = payer.customFields[field.key] || null
  }
  if (session.consent_collection) {
    const required = session.consent_collection.terms_of_service === 'required'
    session.consent = { promotions: null, terms_of_service: required ? 'accepted' : null }
  }
}

/** One intent a session: a later attempt goes on with that of an earlier one that was declined. */
function intentFor(emulator: Emulator, record: SessionRecord, cause: Cause): PaymentIntent {
  const session = record.object
  const existing = emulator.store.paymentIntents.get(session.payment_intent ?? '')
  if (existing) {
    existing.amount = session.amount_total ?? 0
    return existing
  }
  const intent = createIntent(emulator, record)
  session.payment_intent = intent.id
  emulator.events.emit('payment_intent.created', intent, cause)
  return intent
}

const billingOf = (payer: Payer): BillingDetails => ({
  address: payer.billingAddress,
  email: payer.email,
  name: payer.name,
  phone: payer.phone,
  tax_id: null,
})

function attempt(
  emulator: Emulator,
  intent: PaymentIntent,
  payer: Payer,
  outcome: 'succeeded' | 'pending' | 'failed',
): Charge {
  const method = createPaymentMethod(emulator, payer.means, billingOf(payer), intent.customer)
  intent.payment_method = method.id
  intent.shipping = payer.shipping && { ...payer.shipping, carrier: null, phone: payer.phone, tracking_number: null }
  const charge = createCharge(emulator, intent, payer.means, billingOf(payer), outcome)
  intent.latest_charge = charge.id
  return charge
}

function declineIntent(
  emulator: Emulator,
  intent: PaymentIntent,
  payer: Payer,
  decline: Decline,
  cause: Cause,
): StripeError {
  const charge = attempt(emulator, intent, payer, 'failed')
  const method = emulator.store.paymentMethods.get(intent.payment_method ?? '')
  const error = {
    type: 'card_error' as const,
    code: decline.code,
    ...(decline.declineCode === null ? {} : { decline_code: decline.declineCode }),
    message: decline.message,
    charge: charge.id,
    ...(method === undefined ? {} : { payment_method: structuredClone(method) }),
  }
  intent.payment_method = null
  intent.status = 'requires_payment_method'
  intent.last_payment_error = error
  emulator.events.emit('charge.failed', charge, cause)
  emulator.events.emit('payment_intent.payment_failed', intent, cause)
  return new StripeError(402, { ...error, payment_intent: structuredClone(intent) })
}

function startDebit(emulator: Emulator, intent: PaymentIntent, payer: Payer, cause: Cause): void {
  const charge = attempt(emulator, intent, payer, 'pending')
  intent.last_payment_error = null
  intent.status = 'processing'
  emulator.events.emit('charge.pending', charge, cause)
  emulator.events.emit('payment_intent.processing', intent, cause)
}

function succeed(emulator: Emulator, intent: PaymentIntent, payer: Payer, cause: Cause): Charge {
  const charge = attempt(emulator, intent, payer, 'succeeded')
  intent.last_payment_error = null
  intent.amount_received = intent.amount
  intent.status = 'succeeded'
  emulator.events.emit('charge.succeeded', charge, cause)
  emulator.events.emit('payment_intent.succeeded', intent, cause)
  return charge
}

function complete(
  emulator: Emulator,
  record: SessionRecord,
  paymentStatus: 'no_payment_required' | 'paid' | 'unpaid',
  cause: Cause,
): void {
  const session = record.object
  session.status = 'complete'
  session.payment_status = paymentStatus
  session.url = null
  emulator.store.openSessions.delete(session.id)
  if (record.discount) redeemCoupon(emulator, record.discount.coupon)
  emulator.events.emit('checkout.session.completed', session, cause)
}
