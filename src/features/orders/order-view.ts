import { money } from '../../shared/money.ts'
import { trackingUrl } from '../../shared/tracking-url.ts'
import { absoluteUrl } from '../../shared/absolute-url.ts'
import type { OrderLineRow, OrderRow } from './queries/read-order.ts'
import type { OrderView } from './schemas.ts'

const iso = (time: string): string => new Date(time).toISOString()

type AddressRow = NonNullable<OrderRow['shipping_address']>

const toAddress = ({ name, phone, line1, line2, city, state, postal_code, country }: AddressRow) => ({
  name,
  phone,
  line1,
  line2,
  city,
  state,
  postal_code,
  country,
})

/** The image of a line as the API answers it; null when the line was bought without one. */
export const toImage = (
  { image_url: url, image_caption: caption }: Pick<OrderRow['items'][number], 'image_url' | 'image_caption'>,
  publicApiUrl: string,
) => (url === null ? null : { url: absoluteUrl(url, publicApiUrl), caption: caption ?? '' })

const toLine = (item: OrderLineRow, currency: string, publicApiUrl: string): OrderView['items'][number] => ({
  sku_id: item.sku_id,
  sku_code: item.sku_code,
  product_id: item.product_id,
  product_slug: item.product_slug,
  title: item.title,
  description: item.description,
  color: item.color,
  size: item.size,
  image: toImage(item, publicApiUrl),
  quantity: item.quantity,
  unit_price: money(item.unit_amount, currency),
  discount: money(item.discount_amount, currency),
  line_total: money(item.line_total_amount, currency),
})

/** An order as the API answers it. */
export function toOrderView(order: OrderRow, publicApiUrl: string): OrderView {
  const inCurrency = (amount: number) => money(amount, order.currency)
  const current = order.statuses.at(-1)
  const { shipping_method: method, payment } = order
  return {
    identifier: order.identifier,
    status: current?.status ?? '',
    status_label: current?.label ?? '',
    payment_state: order.payment_state,
    placed_at: iso(order.placed_at),
    email: order.email,
    customer_name: order.customer_name,
    items: order.items.map((item) => toLine(item, order.currency, publicApiUrl)),
    discounts: order.discounts.map((discount) => ({ ...discount, amount: inCurrency(discount.amount) })),
    totals: {
      item_subtotal: inCurrency(order.item_subtotal_amount),
      item_discount: inCurrency(order.item_discount_amount),
      shipping: inCurrency(order.shipping_amount),
      shipping_discount: inCurrency(order.shipping_discount_amount),
      tax: inCurrency(order.tax_amount),
      tax_included: order.tax_included,
      total: inCurrency(order.total_amount),
    },
    shipping_address: order.shipping_address && toAddress(order.shipping_address),
    billing_address: order.billing_address && toAddress(order.billing_address),
    shipping_method: method && {
      name: method.name,
      carrier: method.carrier,
      price: inCurrency(method.amount),
      tracking_number: method.tracking_number,
      tracking_url: trackingUrl(method.tracking_url_template, method.tracking_number),
    },
    payment: payment && {
      amount: inCurrency(payment.amount),
      method: payment.payment_method_type,
      paid_at: iso(payment.paid_at),
    },
    refunds: order.refunds.map(({ amount, status, reason, created_at }) => ({
      amount: inCurrency(amount),
      status,
      reason,
      created_at: iso(created_at),
    })),
    statuses: order.statuses.map(({ status, label, note, created_at }) => ({
      status,
      label,
      note,
      created_at: iso(created_at),
    })),
    terms_of_sale: { version: order.terms_of_sale_version, agreed_at: iso(order.agreed_with_terms_at) },
  }
}
