import { noSuchReference, refused } from '../api/errors.ts'
import type { Emulator } from '../emulator.ts'
import { newSecret, newSessionId } from '../model/ids.ts'
import type { Coupon, Customer, Session, SessionRecord, ShippingRate } from '../model/objects.ts'
import { paymentMethodTypes } from '../payments/payment-methods.ts'
import { applyQuote, quoteSession } from '../payments/session-totals.ts'
import type { Discount } from '../payments/quote.ts'
import { checkTogether, checkTotal, findCustomer, findDiscount } from './checkout-session-checks.ts'
import { collectionFields, customFieldsOf } from './checkout-session-collection.ts'
import { checkLines, createLines, currencyOfLines } from './checkout-session-lines.ts'
import type { CreateSessionParams } from './checkout-session-params.ts'
import { newMetadata } from './metadata.ts'
import { createShippingRate } from './shipping-rates.ts'
import { invalidParameter } from '../api/errors.ts'

/** Opens a Checkout Session in mode `payment`; throws the StripeError that Stripe would answer with. */
export function createSession(emulator: Emulator, given: CreateSessionParams): SessionRecord {
  checkTogether(given, emulator.now())
  const lines = given.line_items ?? []
  if (lines.length === 0)
    throw invalidParameter('Missing required param: line_items.', 'line_items', 'parameter_missing')
  checkLines(lines)
  const customer = findCustomer(emulator, given)
  const currency = currencyOfLines(emulator, lines)
  const coupon = findDiscount(emulator, given, currency)
  const shippingRates = shippingRatesFor(emulator, given, currency)
  const record: SessionRecord = {
    object: sessionObject(emulator, given, { currency, customer, coupon, shippingRates }),
    lineItems: createLines(emulator, lines),
    paymentIntentData: given.payment_intent_data ?? {},
    customerUpdate: {
      address: given.customer_update?.address === 'auto',
      name: given.customer_update?.name === 'auto',
      shipping: given.customer_update?.shipping === 'auto',
    },
    discount: coupon && { coupon: coupon.id, terms: termsOf(coupon) },
  }
  const preselected = shippingRates[0] ?? null
  const quoted = quoteSession(record, preselected, 0)
  checkTotal(quoted.total, currency)
  applyQuote(record, quoted, preselected)
  emulator.store.sessions.set(record.object.id, record)
  emulator.store.openSessions.add(record.object.id)
  return record
}

const termsOf = (coupon: Coupon): Discount =>
  coupon.amount_off === null ? { percentOff: coupon.percent_off ?? 0 } : { amountOff: coupon.amount_off }

function shippingRatesFor(emulator: Emulator, given: CreateSessionParams, currency: string): ShippingRate[] {
  return (given.shipping_options ?? []).map((option, index) => {
    const name = `shipping_options[${index}]`
    const rate = option.shipping_rate_data
      ? createShippingRate(emulator, option.shipping_rate_data, `${name}[shipping_rate_data]`)
      : emulator.store.shippingRates.get(option.shipping_rate ?? '')
    if (!rate) throw noSuchReference('shipping rate', option.shipping_rate ?? '', `${name}[shipping_rate]`)
    if (rate.fixed_amount?.currency !== currency) {
      throw refused(`The shipping rate's currency must be the session's (${currency}).`, { param: name })
    }
    return rate
  })
}

type Parts = { currency: string; customer: Customer | null; coupon: Coupon | null; shippingRates: ShippingRate[] }

function sessionObject(emulator: Emulator, given: CreateSessionParams, parts: Parts): Session {
  const { currency, customer, coupon, shippingRates } = parts
  const id = newSessionId()
  const now = emulator.now()
  const hosted = (given.ui_mode ?? 'hosted_page') === 'hosted_page'
  const taxed = given.automatic_tax?.enabled ?? false
  const allowed = given.allowed_payment_method_types
  const session: Session = {
    ...collectionFields(given),
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: given.adaptive_pricing?.enabled ?? false },
    after_expiration: null,
    allow_promotion_codes: given.allow_promotion_codes ?? null,
    allowed_payment_method_types: allowed ?? null,
    amount_subtotal: null,
    amount_total: null,
    automatic_tax: {
      enabled: taxed,
      liability: taxed ? { type: 'self' } : null,
      provider: taxed ? 'stripe' : null,
      status: taxed ? 'requires_location_inputs' : null,
    },
    cancel_url: given.cancel_url ?? null,
    client_reference_id: given.client_reference_id ?? null,
    client_secret: hosted ? null : newSecret(id),
    collected_information: null,
    consent: null,
    created: now,
    currency,
    currency_conversion: null,
    custom_fields: customFieldsOf(given),
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer ? null : (given.customer_creation ?? 'if_required'),
    customer_details: customerDetails(given, customer),
    customer_email: given.customer_email ?? null,
    discounts: coupon ? [{ coupon: coupon.id, promotion_code: null }] : [],
    expires_at: given.expires_at ?? now + 24 * 60 * 60,
    integration_identifier: given.integration_identifier ?? null,
    invoice: null,
    livemode: false,
    locale: given.locale ?? null,
    managed_payments: null,
    metadata: newMetadata(given.metadata),
    mode: 'payment',
    origin_context: given.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: paymentMethodTypes(currency, allowed, given.excluded_payment_method_types ?? []),
    payment_status: 'unpaid',
    permissions: null,
    recovered_from: null,
    setup_intent: null,
    shipping_cost: null,
    shipping_options: shippingRates.map((rate) => ({
      shipping_amount: rate.fixed_amount?.amount ?? 0,
      shipping_rate: rate.id,
    })),
    status: 'open',
    submit_type: given.submit_type ?? null,
    subscription: null,
    success_url: given.success_url ?? null,
    total_details: null,
    ui_mode: given.ui_mode ?? 'hosted_page',
    url: hosted ? `${emulator.publicUrl}/c/pay/${id}` : null,
    wallet_options: null,
  }
  if (given.return_url !== undefined) session.return_url = given.return_url
  if (!hosted) session.redirect_on_completion = given.redirect_on_completion ?? 'always'
  return session
}

function customerDetails(given: CreateSessionParams, customer: Customer | null): Session['customer_details'] {
  const email = customer?.email ?? given.customer_email
  if (!email) return null
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: null,
  }
}
