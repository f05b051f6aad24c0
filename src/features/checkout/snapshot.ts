import { shopperIds } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import type { NewCheckout } from '../../db/functions/start-checkout.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { AppError } from '../../shared/errors.ts'
import type { Money } from '../../shared/money.ts'
import type { CartContents } from '../cart/contents.ts'
import { availableTo, CART_TOTAL_MAX, type PricedCart } from '../cart/rules.ts'
import type { CheckoutRow } from './queries/read-checkout.ts'
import { expiryOf, UNANSWERED_AFTER_MS } from './rules.ts'

/** A checkout to write, and the same as it would be read back. */
export type Snapshot = Omit<NewCheckout, 'replacedId' | 'newCustomer'> & { row: CheckoutRow }

type Input = {
  id: string
  cart: CartContents
  priced: PricedCart
  termsVersion: string
  input: { email: string | null; locale: string; idempotencyKey: string | null; networkKey: string | null }
}

/** 409 `insufficient-stock` with the SKUs that are short; what is left is shown as at least 0. */
function insufficientStock(
  wanted: { skuId: string; quantity: number }[],
  available: ReadonlyMap<string, number | null>,
): AppError {
  const skus = wanted.flatMap(({ skuId, quantity }) => {
    const left = available.get(skuId)
    return left === null || left === undefined || left >= quantity
      ? []
      : [{ sku_id: skuId, requested: quantity, available_quantity: Math.max(0, left) }]
  })
  return new AppError('insufficient-stock', 'Some items in the cart are not in stock any more.', {
    details: { skus },
  })
}

/** Throws `price-changed` if the total differs from the one that the customer was shown. */
export function assertExpectedTotal(total: Money, expected: Money | null): void {
  if (expected === null || (expected.amount === total.amount && expected.currency === total.currency)) return
  throw new AppError('price-changed', 'The total has changed since it was shown.', { details: { total } })
}

/** Throws for a cart that cannot be sold: `sku-not-available`, `insufficient-stock`, `shipping-method-required`, `total-too-large`. */
export function assertSellable(priced: PricedCart): void {
  const unsellable = priced.lines.filter((line) => line.unitAmount === null || line.inventoryState === 'out_of_stock')
  if (unsellable.length > 0) {
    const skus = unsellable.map((line) => ({ sku_id: line.skuId, requested: line.quantity, available_quantity: 0 }))
    throw new AppError('sku-not-available', 'Some items in the cart cannot be bought at the moment.', {
      details: { skus },
    })
  }
  const available = new Map(priced.lines.map((line) => [line.skuId, availableTo(line)]))
  if (priced.lines.some((line) => (available.get(line.skuId) ?? line.quantity) < line.quantity)) {
    throw insufficientStock(priced.lines, available)
  }
  if (priced.shippingMethod === null)
    throw new AppError('shipping-method-required', 'The shop has no shipping method at the moment.')
  const { total, itemDiscount, shipping } = priced.totals
  // Stripe's limit applies to every amount that it is sent, not only to the total.
  const amounts = [total, itemDiscount, shipping, ...priced.lines.map((line) => line.unitAmount ?? 0)]
  if (Math.max(...amounts) > CART_TOTAL_MAX)
    throw new AppError('total-too-large', 'The total is more than Stripe charges at once.')
}

type Item = NewCheckout['items'][number]
type Discount = NewCheckout['discounts'][number]

const toItems = ({ lines }: PricedCart): Item[] =>
  lines.map((line, position) => ({
    skuId: line.skuId,
    productId: line.productId,
    productSlug: line.productSlug,
    title: line.title,
    description: line.description,
    skuCode: line.skuCode,
    color: line.color,
    size: line.size,
    imageUrl: line.image?.url ?? null,
    imageCaption: line.image?.caption ?? null,
    position,
    quantity: line.quantity,
    unitAmount: line.unitAmount ?? 0,
    discountAmount: line.discountAmount,
    lineTotalAmount: line.lineTotalAmount,
  }))

/** The codes that save something; others do not count as used. Throws `discount-needs-email`. */
function toDiscounts({ discountCodes }: CartContents, { discounts }: PricedCart, email: string | null): Discount[] {
  const limits = new Map(discountCodes.map((code) => [code.id, code.perCustomerLimit]))
  return discounts
    .filter(({ amount }) => amount > 0)
    .map(({ discountCodeId, code, kind, description, amount }) => {
      const perCustomerLimit = limits.get(discountCodeId) ?? null
      if (perCustomerLimit !== null && email === null) {
        throw new AppError('discount-needs-email', `The code ${code} is limited per customer: give your email address.`)
      }
      return { discountCodeId, code, kind, description, amount }
    })
}

/** Builds the snapshot of what the customer sees: lines, prices, discounts, shipping and totals. Throws `discount-needs-email`. */
export async function buildCheckout(ctx: Ctx, { id, cart, priced, termsVersion, input }: Input): Promise<Snapshot> {
  const { env } = ctx
  const { memberId, visitorId } = shopperIds(ctx.actor)
  const now = ctx.now()
  const { totals, shippingMethod } = priced
  const items = toItems(priced)
  const discounts = toDiscounts(cart, priced, input.email)
  const priceDecisions = {
    cart: [cart.id, cart.version],
    items,
    discounts,
    totals,
    shipping: [shippingMethod?.id, shippingMethod?.amount],
    buyer: [memberId, input.email, input.locale],
    terms: termsVersion,
    currency: env.CURRENCY,
    tax: [env.AUTOMATIC_TAX, env.TAX_BEHAVIOR],
  }
  const checkout = {
    id,
    cartId: cart.id,
    cartVersion: cart.version,
    memberId,
    visitorId,
    networkKey: input.networkKey,
    email: input.email,
    locale: input.locale,
    fingerprint: await sha256Hex(JSON.stringify(priceDecisions)),
    idempotencyKey: input.idempotencyKey,
    stripeCustomerId: null,
    currency: env.CURRENCY,
    itemSubtotalAmount: totals.itemSubtotal,
    itemDiscountAmount: totals.itemDiscount,
    shippingAmount: totals.shipping,
    shippingDiscountAmount: totals.shippingDiscount,
    totalAmount: totals.total,
    taxIncluded: env.TAX_BEHAVIOR === 'inclusive',
    shippingMethodId: shippingMethod?.id ?? null,
    shippingMethodName: shippingMethod?.name ?? null,
    shippingCarrier: shippingMethod?.carrier ?? null,
    trackingUrlTemplate: shippingMethod?.trackingUrlTemplate ?? null,
    termsOfSaleVersion: termsVersion,
    agreedWithTermsAt: now,
    createdAt: now,
    expiresAt: expiryOf(now, env.CHECKOUT_MINUTES),
    nextSweepAt: new Date(now.getTime() + UNANSWERED_AFTER_MS),
  } satisfies NewCheckout['checkout']
  return { checkout, items, discounts, row: toRow(checkout, items, discounts) }
}

type Written = Pick<NewCheckout['checkout'], 'id' | 'fingerprint'> &
  Pick<CheckoutRow, 'email' | 'locale' | 'currency'> & {
    idempotencyKey: string | null
    taxIncluded: boolean
    itemDiscountAmount: number
    shippingAmount: number
    shippingDiscountAmount: number
    shippingMethodName: string | null
    createdAt: Date
    expiresAt: Date
  }

/** The new checkout as it would be read back. */
const toRow = (checkout: Written, items: Item[], discounts: Discount[]): CheckoutRow => ({
  id: checkout.id,
  status: 'open',
  fingerprint: checkout.fingerprint,
  idempotency_key: checkout.idempotencyKey,
  stripe_session_id: null,
  stripe_session_url: null,
  email: checkout.email,
  stripe_customer_id: null,
  locale: checkout.locale,
  currency: checkout.currency,
  tax_included: checkout.taxIncluded,
  item_discount_amount: checkout.itemDiscountAmount,
  shipping_amount: checkout.shippingAmount,
  shipping_discount_amount: checkout.shippingDiscountAmount,
  shipping_method_name: checkout.shippingMethodName,
  created_at: checkout.createdAt.toISOString(),
  expires_at: checkout.expiresAt.toISOString(),
  abandoned_at: null,
  cart_cleared_at: null,
  order_identifier: null,
  items: items.map(({ title, description, quantity, unitAmount }) => ({
    title,
    description,
    quantity,
    unit_amount: unitAmount,
  })),
  discount_codes: discounts.map((discount) => discount.code).toSorted(),
})

/** The snapshot with the member's customer at Stripe. */
export const forCustomer = (snapshot: Snapshot, id: string): Snapshot => ({
  ...snapshot,
  checkout: { ...snapshot.checkout, stripeCustomerId: id },
  row: { ...snapshot.row, stripe_customer_id: id },
})
