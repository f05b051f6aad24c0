import { invalidParameter, noSuchReference, refused } from '../api/errors.ts'
import type { Emulator } from '../emulator.ts'
import type { Coupon, Customer } from '../model/objects.ts'
import { formatMoney, minimumCharge, stepOf } from '../payments/money.ts'
import { findCoupon } from './coupons.ts'
import type { CreateSessionParams } from './checkout-session-params.ts'

const missing = (name: string) => invalidParameter(`Missing required param: ${name}.`, name, 'parameter_missing')

const onlyOne = (a: string, b: string) =>
  invalidParameter(`You may only specify one of these parameters: ${a}, ${b}.`, b)

/** What the parameters must satisfy together; throws a 400 StripeError that no idempotency key remembers. */
export function checkTogether(given: CreateSessionParams, now: number): void {
  if (given.mode === undefined) throw missing('mode')
  if (given.mode !== 'payment') {
    throw invalidParameter(`The Stripe emulator does not implement mode \`${given.mode}\`; use \`payment\`.`, 'mode')
  }
  checkAddresses(given)
  if (given.customer !== undefined && given.customer_email !== undefined) throw onlyOne('customer', 'customer_email')
  if (given.customer !== undefined && given.customer_creation !== undefined) {
    throw onlyOne('customer', 'customer_creation')
  }
  if (given.customer_update !== undefined && given.customer === undefined) {
    throw invalidParameter('`customer_update` can only be used with `customer`.', 'customer_update')
  }
  if (given.discounts !== undefined && given.allow_promotion_codes !== undefined) {
    throw onlyOne('allow_promotion_codes', 'discounts')
  }
  for (const [index, option] of (given.shipping_options ?? []).entries()) {
    if ((option.shipping_rate === undefined) === (option.shipping_rate_data === undefined)) {
      const name = `shipping_options[${index}]`
      throw invalidParameter('You must specify exactly one of `shipping_rate` or `shipping_rate_data`.', name)
    }
  }
  checkExpiry(given.expires_at, now)
}

function checkAddresses({
  ui_mode = 'hosted_page',
  success_url,
  cancel_url,
  return_url,
  redirect_on_completion,
}: CreateSessionParams): void {
  if (ui_mode === 'elements' || ui_mode === 'form') {
    throw invalidParameter(`The Stripe emulator does not implement ui_mode \`${ui_mode}\`.`, 'ui_mode')
  }
  if (ui_mode === 'hosted_page') {
    if (success_url === undefined) throw missing('success_url')
    if (return_url !== undefined) {
      throw invalidParameter('`return_url` cannot be used with `ui_mode` `hosted_page`.', 'return_url')
    }
    return
  }
  if (success_url !== undefined || cancel_url !== undefined) {
    const name = success_url === undefined ? 'cancel_url' : 'success_url'
    throw invalidParameter(`\`${name}\` cannot be used with \`ui_mode\` \`${ui_mode}\`.`, name)
  }
  if (return_url === undefined && redirect_on_completion !== 'never') throw missing('return_url')
}

function checkExpiry(expiresAt: number | undefined, now: number): void {
  if (expiresAt === undefined) return
  if (expiresAt < now + 30 * 60) {
    throw invalidParameter(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    )
  }
  if (expiresAt > now + 24 * 60 * 60) {
    throw invalidParameter(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      'expires_at',
    )
  }
}

export function findCustomer(emulator: Emulator, given: CreateSessionParams): Customer | null {
  if (given.customer === undefined) return null
  const customer = emulator.store.customers.get(given.customer)
  if (!customer) throw noSuchReference('customer', given.customer, 'customer')
  const located = customer.shipping?.address?.country ?? customer.address?.country
  const update = given.customer_update
  if (given.automatic_tax?.enabled && !located && update?.address !== 'auto' && update?.shipping !== 'auto') {
    const message =
      'Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the ' +
      "Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save " +
      'the address entered in Checkout to the Customer.'
    throw refused(message, { code: 'customer_tax_location_invalid' })
  }
  return customer
}

export function findDiscount(emulator: Emulator, given: CreateSessionParams, currency: string): Coupon | null {
  const discount = given.discounts?.[0]
  if (!discount) return null
  const param = 'discounts[0][coupon]'
  if (discount.coupon === undefined) throw missing(param)
  const coupon = findCoupon(emulator, discount.coupon)
  if (!coupon) throw noSuchReference('coupon', discount.coupon, param)
  if (!coupon.valid) {
    throw refused(`Coupon ${coupon.id} is expired or used up, and cannot be applied.`, {
      code: 'coupon_expired',
      param,
    })
  }
  if (coupon.currency !== null && coupon.currency !== currency) {
    throw refused(`The coupon's currency (${coupon.currency}) does not match the session's (${currency}).`, { param })
  }
  return coupon
}

/** A session may be free, or cost at least what can be charged. */
export function checkTotal(total: number, currency: string): void {
  if (total % stepOf(currency) !== 0) {
    throw refused(`Amounts in ${currency} must be evenly divisible by ${stepOf(currency)}.`, { code: 'invalid_amount' })
  }
  const minimum = minimumCharge(currency)
  if (total === 0 || total >= minimum) return
  const message = `The Checkout Session's total amount due must add up to at least ${formatMoney(minimum, currency)} ${currency}`
  throw refused(message, { code: 'amount_too_small' })
}
