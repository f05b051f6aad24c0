import type { Ctx } from '../../context.ts'
import { emailImageUrl } from './rules.ts'
import { formatMoney } from '../../shared/money.ts'
import { addressLines, formatDate, knownLocale } from '../../shared/locale.ts'
import { trackingUrl } from '../../shared/tracking-url.ts'
import { signOrderToken } from '../../shared/order-token.ts'
import type { OrderVariables } from './templates/variables.ts'
import type { OrderOfEmail } from './queries/order-email.ts'

type Variables = { mb_cd: string; pr_cd: string; order: OrderVariables }

/**
 * The variables of an order's emails: `order`, formatted for the order's locale, and the buyer's code (`mb_cd` or
 * `pr_cd`). Missing parts are null or empty lists. Dates are in `timeZone`.
 */
export async function orderVariables(ctx: Ctx, row: OrderOfEmail, timeZone: string): Promise<Variables> {
  const { order } = row
  const locale = knownLocale(order.locale)
  const money = (amount: number) => formatMoney(amount, order.currency, locale)
  const lessMoney = (amount: number) => (amount > 0 ? money(-amount) : null)
  return {
    mb_cd: row.memberCode ?? '',
    pr_cd: row.prospectCode ?? '',
    order: {
      identifier: order.identifier,
      url: await orderUrl(ctx, order.identifier),
      placed_at: formatDate(order.placedAt, locale, timeZone),
      customer_name: order.customerName ?? row.shippingAddress?.name ?? null,
      status: row.status,
      lines: row.lines.map((line) => ({
        title: line.title,
        description: line.description,
        sku_code: line.skuCode,
        color: line.color,
        size: line.size,
        image: emailImageUrl(line.imageUrl, ctx.env.PUBLIC_API_URL),
        image_caption: line.imageCaption,
        quantity: line.quantity,
        unit_price: money(line.unitAmount),
        subtotal: money(line.quantity * line.unitAmount),
        discount: lessMoney(line.discountAmount),
        total: money(line.lineTotalAmount),
      })),
      discounts: row.discounts.map(({ code, description }) => ({ code, description })),
      item_subtotal: money(order.itemSubtotalAmount),
      item_discount: lessMoney(order.itemDiscountAmount),
      shipping: money(order.shippingAmount),
      shipping_discount: lessMoney(order.shippingDiscountAmount),
      tax: order.taxAmount > 0 ? money(order.taxAmount) : null,
      tax_included: order.taxIncluded,
      total: money(order.totalAmount),
      shipping_address: addressLines(row.shippingAddress, locale),
      billing_address: addressLines(row.billingAddress, locale),
      shipping_method: shippingMethod(row.shippingMethod),
    },
  }
}

async function orderUrl(ctx: Ctx, identifier: string): Promise<string> {
  const token = await signOrderToken(ctx.env, identifier, ctx.now())
  return `${ctx.env.STOREFRONT_URL}/orders/${encodeURIComponent(identifier)}?token=${token}`
}

function shippingMethod(method: OrderOfEmail['shippingMethod']) {
  if (method === null) return null
  const { name, carrier, trackingNumber, trackingUrlTemplate } = method
  return {
    name,
    carrier,
    tracking_number: trackingNumber,
    tracking_url: trackingUrl(trackingUrlTemplate, trackingNumber),
  }
}
