import {
  button,
  type EmailTemplateRow,
  heading,
  link,
  page,
  paragraph,
  pictured,
  row,
  small,
  table,
  TEXT_RULE,
  textPage,
} from './layout.ts'

const FOOTER = 'You are receiving this email because of an order at {{ shop.name }}. Questions? Just reply.'

const GREETING_HTML = paragraph('Hello{% if order.customer_name %} {{ order.customer_name }}{% endif %},')
const GREETING_TEXT = 'Hello{% if order.customer_name %} {{ order.customer_name }}{% endif %},'

const LINES_HTML = `{% for line in order.lines %}${row(
  pictured(
    'line.image',
    '{{ line.title }}',
    '{% if line.description != "" %}{{ line.description }} · {% endif %}{{ line.quantity }} × {{ line.unit_price }}',
  ),
  '{{ line.subtotal }}',
)}{% endfor %}`

const TOTALS_HTML = [
  row('Items', '{{ order.item_subtotal }}'),
  `{% if order.item_discount %}${row('Discount', '{{ order.item_discount }}')}{% endif %}`,
  row('Shipping{% if order.shipping_method %} ({{ order.shipping_method.name }}){% endif %}', '{{ order.shipping }}'),
  `{% if order.shipping_discount %}${row('Shipping discount', '{{ order.shipping_discount }}')}{% endif %}`,
  `{% if order.tax and order.tax_included != true %}${row('Tax', '{{ order.tax }}')}{% endif %}`,
  row('Total', '{{ order.total }}', 600),
  `{% if order.tax and order.tax_included %}${row('Tax included', '{{ order.tax }}')}{% endif %}`,
].join('\n')

const CODES_HTML = `{% if order.discounts.size > 0 %}${small(
  'Discount codes: {% for discount in order.discounts %}{{ discount.code }}{% unless forloop.last %}, {% endunless %}{% endfor %}',
)}{% endif %}`

const ADDRESS_HTML = `{% if order.shipping_address.size > 0 %}${heading('Ships to')}${paragraph(
  '{% for line in order.shipping_address %}{{ line }}{% unless forloop.last %}<br>{% endunless %}{% endfor %}',
)}{% endif %}`

const amountLine = (what: string, amount: string): string => `{{ "${what}" | left: 48 }}{{ ${amount} | right: 14 }}`

const LINES_TEXT = `${TEXT_RULE}
{% for line in order.lines -%}
{% capture what %}{{ line.quantity }} x {{ line.title }}{% endcapture -%}
{{ what | left: 48 }}{{ line.subtotal | right: 14 }}
{% if line.description != "" %}    {{ line.description }}
{% endif -%}
{% endfor -%}
${TEXT_RULE}
${amountLine('Items', 'order.item_subtotal')}
{% if order.item_discount %}${amountLine('Discount', 'order.item_discount')}
{% endif -%}
${amountLine('Shipping', 'order.shipping')}
{% if order.shipping_discount %}${amountLine('Shipping discount', 'order.shipping_discount')}
{% endif -%}
{% if order.tax and order.tax_included != true %}${amountLine('Tax', 'order.tax')}
{% endif -%}
${amountLine('Total', 'order.total')}
{% if order.tax and order.tax_included %}${amountLine('Tax included', 'order.tax')}
{% endif -%}
${TEXT_RULE}
{% if order.discounts.size > 0 %}
Discount codes: {% for discount in order.discounts %}{{ discount.code }}{% unless forloop.last %}, {% endunless %}{% endfor %}
{% endif -%}
{% if order.shipping_address.size > 0 %}
Ships to
{% for line in order.shipping_address %}  {{ line }}
{% endfor -%}
{% endif -%}
{% if order.shipping_method %}
Shipping: {{ order.shipping_method.name }} ({{ order.shipping_method.carrier }})
{% endif %}`

const INTRO = 'Thank you! We have your payment, and order {{ order.identifier }} of {{ order.placed_at }} is confirmed.'

function confirmation(audience: 'member' | 'prospect', hint: string): EmailTemplateRow {
  const title = 'Your order is confirmed'
  return {
    emCd: `order_confirmation_${audience}`,
    name: `Order confirmation (${audience})`,
    audience,
    subject: 'Your order {{ order.identifier }} is confirmed',
    htmlBody: page(
      title,
      [
        GREETING_HTML,
        paragraph(INTRO),
        table(`${LINES_HTML}\n${TOTALS_HTML}`),
        CODES_HTML,
        ADDRESS_HTML,
        button('View your order', 'order.url'),
        small(hint),
      ].join('\n'),
      FOOTER,
    ),
    textBody: textPage(
      title,
      `${GREETING_TEXT}

${INTRO}

${LINES_TEXT}
View your order: {{ order.url | track }}
${hint}`,
      FOOTER,
    ),
  }
}

const TRACKING_HTML = `{% if order.shipping_method.tracking_number %}${paragraph(
  `Tracking number: {{ order.shipping_method.tracking_number }}{% if order.shipping_method.tracking_url %} (${link('track the parcel', 'order.shipping_method.tracking_url')}){% endif %}`,
)}{% endif %}`

const TRACKING_TEXT = `{% if order.shipping_method.tracking_number %}
Tracking number: {{ order.shipping_method.tracking_number }}
{% if order.shipping_method.tracking_url %}{{ order.shipping_method.tracking_url }}
{% endif -%}
{% endif %}`

const STATUS_INTRO = 'Your order {{ order.identifier }} is now: {{ order.status }}.'

/** The email about a new status of an order. Optional variable: `note`. */
const statusChanged: EmailTemplateRow = {
  emCd: 'order_status_changed',
  name: 'Order status changed',
  audience: 'prospect',
  subject: 'Your order {{ order.identifier }}: {{ order.status }}',
  htmlBody: page(
    'News about your order',
    [
      GREETING_HTML,
      paragraph(STATUS_INTRO),
      `{% if note %}${paragraph('{{ note }}')}{% endif %}`,
      TRACKING_HTML,
      button('View your order', 'order.url'),
    ].join('\n'),
    FOOTER,
  ),
  textBody: textPage(
    'News about your order',
    `${GREETING_TEXT}

${STATUS_INTRO}
{% if note %}
{{ note }}
{% endif -%}
${TRACKING_TEXT}
View your order: {{ order.url | track }}`,
    FOOTER,
  ),
}

const REFUND_INTRO =
  'We have refunded {{ refund_amount }} for order {{ order.identifier }}. Depending on your bank, it can take five to ten days to reach you.'

/** The email about a refund. Variables: `refund_amount`, formatted; optionally `note`. */
const refund: EmailTemplateRow = {
  emCd: 'refund',
  name: 'Refund',
  audience: 'prospect',
  subject: 'Refund for your order {{ order.identifier }}',
  htmlBody: page(
    'Your refund is on its way',
    [
      GREETING_HTML,
      paragraph(REFUND_INTRO),
      `{% if note %}${paragraph('{{ note }}')}{% endif %}`,
      button('View your order', 'order.url'),
    ].join('\n'),
    FOOTER,
  ),
  textBody: textPage(
    'Your refund is on its way',
    `${GREETING_TEXT}

${REFUND_INTRO}
{% if note %}
{{ note }}
{% endif %}
View your order: {{ order.url | track }}`,
    FOOTER,
  ),
}

export const orderEmails: EmailTemplateRow[] = [
  confirmation('member', 'You can also find this order in your account.'),
  confirmation('prospect', 'Keep this email: its link opens your order.'),
  statusChanged,
  refund,
]
