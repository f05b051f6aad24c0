import { money } from '../../shared/money.ts'
import type { PriceMoment } from '../../shared/price-moment.ts'
import { absoluteUrl } from '../../shared/absolute-url.ts'
import { availableQuantity, isAvailable } from '../catalog/rules.ts'
import type { CartContents, CartDiscountCode, ShippingMethod } from './contents.ts'
import { type LineWarning, type PricedCart, type PricedLine, priceCart } from './rules.ts'
import type { CartView, ShippingMethodView } from './schemas.ts'

const NO_CART = {
  id: null,
  version: 0,
  lines: [],
  discountCodes: [],
  shippingMethod: null,
  shippingMethodChosen: false,
} satisfies Omit<CartContents, 'id'> & { id: null }

/** A cart as the API answers it, with its prices; without contents, an empty cart whose `id` is null. */
export function toCartView(contents: CartContents | undefined, at: PriceMoment, publicApiUrl: string): CartView {
  const cart = contents ?? NO_CART
  const { currency } = at
  const priced = priceCart(cart, at)
  const { totals, shippingMethod } = priced
  return {
    id: cart.id,
    version: cart.version,
    currency,
    items: priced.lines.map((line) => toItem(line, currency, publicApiUrl)),
    discount_codes: cart.discountCodes.map((code) => toDiscountCode(code, priced, currency)),
    shipping_method:
      shippingMethod === null ? null : { ...toShippingMethod(shippingMethod), chosen: cart.shippingMethodChosen },
    totals: {
      item_subtotal: money(totals.itemSubtotal, currency),
      item_discount: money(totals.itemDiscount, currency),
      shipping: money(totals.shipping, currency),
      shipping_discount: money(totals.shippingDiscount, currency),
      tax: money(totals.tax, currency),
      total: money(totals.total, currency),
    },
  }
}

function toItem(line: PricedLine, currency: string, publicApiUrl: string): CartView['items'][number] {
  const stock = { ...line, reserved: line.reserved - line.ownReserved, amount: line.unitAmount }
  return {
    sku_id: line.skuId,
    product_id: line.productId,
    product_slug: line.productSlug,
    title: line.title,
    description: line.description,
    sku_code: line.skuCode,
    color: line.color,
    size: line.size,
    image: line.image && { ...line.image, url: absoluteUrl(line.image.url, publicApiUrl) },
    quantity: line.quantity,
    inventory_state: line.inventoryState,
    available: isAvailable(stock),
    available_quantity: availableQuantity(stock),
    unit_price: line.unitAmount === null ? null : money(line.unitAmount, currency),
    discount: money(line.discountAmount, currency),
    line_total: money(line.lineTotalAmount, currency),
    warnings: line.warnings.map(toWarning),
  }
}

const toWarning = ({ availableQuantity: left, ...warning }: LineWarning) =>
  left === undefined ? warning : { ...warning, available_quantity: left }

function toDiscountCode(
  { id, code, kind, description }: CartDiscountCode,
  { discounts, refusedDiscounts }: PricedCart,
  currency: string,
): CartView['discount_codes'][number] {
  const applied = discounts.find((each) => each.discountCodeId === id)
  const refused = refusedDiscounts.find((each) => each.code === code)
  return {
    code,
    kind,
    description,
    applied: applied !== undefined,
    amount: money(applied?.amount ?? 0, currency),
    ...(refused === undefined ? {} : { reason: refused.reason, message: refused.message }),
  }
}

export const toShippingMethod = (method: ShippingMethod): ShippingMethodView => ({
  id: method.id,
  code: method.code,
  name: method.name,
  description: method.description,
  carrier: method.carrier,
  price: money(method.amount, method.currency),
  min_days: method.minDays,
  max_days: method.maxDays,
  tracking_url_template: method.trackingUrlTemplate,
})
