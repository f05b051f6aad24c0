import type { Ctx } from '../../context.ts'
import { formatMoney } from '../../shared/money.ts'
import { trackingUrl } from '../../shared/tracking-url.ts'
import { signOrderToken } from '../../shared/order-token.ts'
import type { OrderOfEmail } from './queries/order-email.ts'

/** A locale that Intl knows; an order from an odd client must not go without its email. */
function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

/**
 * What templates of order emails may use: `order` with everything formatted for reading in the order's locale, and
 * the buyer's code (`mb_cd` or `pr_cd`). Absent parts are null or empty lists.
 */
export async function orderVariables(ctx: Ctx, row: OrderOfEmail): Promise<Record<string, unknown>> {
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
      placed_at: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(order.placedAt),
      customer_name: order.customerName ?? row.shippingAddress?.name ?? null,
      status: row.status,
      lines: row.lines.map((line) => ({
        title: line.title,
        description: line.description,
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
      total: money(order.totalAmount),
      shipping_address: addressLines(row.shippingAddress),
      billing_address: addressLines(row.billingAddress),
      shipping_method: shippingMethod(row.shippingMethod),
    },
  }
}

async function orderUrl(ctx: Ctx, identifier: string): Promise<string> {
  const token = await signOrderToken(ctx.env.SIGNING_SECRET, identifier)
  return `${ctx.env.STOREFRONT_URL}/orders/${encodeURIComponent(identifier)}?token=${token}`
}

function addressLines(address: OrderOfEmail['shippingAddress']): string[] {
  if (address === null) return []
  const town = [address.postalCode, address.city, address.state].filter(Boolean).join(' ')
  const lines = [address.name, address.line1, address.line2, town, address.country]
  return lines.flatMap((line) => (line === null || line === '' ? [] : [line]))
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
