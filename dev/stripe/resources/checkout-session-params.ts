import { z } from 'zod'
import {
  boolean,
  countryCode,
  currency,
  email,
  integer,
  metadata,
  notEmulated,
  oneOf,
  params,
  text,
  url,
} from '../api/params.ts'

const MAX_AMOUNT = 99_999_999

const taxBehavior = oneOf('exclusive', 'inclusive', 'unspecified').optional()
const unlessEmulated = notEmulated.optional()
const enabled = z.strictObject({ enabled: boolean })

export const productData = z.strictObject({
  name: text(),
  description: text().optional(),
  images: z.array(url).max(8).optional(),
  metadata: metadata.optional(),
  tax_code: text().optional(),
  unit_label: text().optional(),
  tax_details: unlessEmulated,
})

const priceData = z.strictObject({
  currency,
  product: text().optional(),
  product_data: productData.optional(),
  recurring: unlessEmulated,
  tax_behavior: taxBehavior,
  unit_amount: integer({ min: 0, max: MAX_AMOUNT }).optional(),
  unit_amount_decimal: unlessEmulated,
})

const lineItem = z.strictObject({
  price: text().optional(),
  price_data: priceData.optional(),
  quantity: integer({ min: 1, max: 999_999 }).optional(),
  metadata: metadata.optional(),
  adjustable_quantity: unlessEmulated,
  tax_rates: unlessEmulated,
})

const deliveryBound = z.strictObject({
  unit: oneOf('business_day', 'day', 'hour', 'month', 'week'),
  value: integer({ min: 1 }),
})

export const shippingRateData = z.strictObject({
  display_name: text(100),
  fixed_amount: z
    .strictObject({ amount: integer({ min: 0, max: MAX_AMOUNT }), currency, currency_options: unlessEmulated })
    .optional(),
  delivery_estimate: z
    .strictObject({ maximum: deliveryBound.optional(), minimum: deliveryBound.optional() })
    .optional(),
  metadata: metadata.optional(),
  tax_behavior: taxBehavior,
  tax_code: text().optional(),
  type: oneOf('fixed_amount').optional(),
})

const paymentIntentData = z.strictObject({
  description: text(1000).optional(),
  metadata: metadata.optional(),
  receipt_email: email.optional(),
  setup_future_usage: oneOf('off_session', 'on_session').optional(),
  statement_descriptor: text(22).optional(),
  statement_descriptor_suffix: text(22).optional(),
  transfer_group: text().optional(),
  capture_method: oneOf('automatic', 'automatic_async').optional(),
  shipping: unlessEmulated,
  application_fee_amount: unlessEmulated,
  on_behalf_of: unlessEmulated,
  transfer_data: unlessEmulated,
})

const fieldLimits = {
  default_value: text(255).optional(),
  maximum_length: integer({ min: 1 }).optional(),
  minimum_length: integer({ min: 1 }).optional(),
}

const customField = z.strictObject({
  key: text(200),
  label: z.strictObject({ custom: text(50), type: oneOf('custom') }),
  type: oneOf('dropdown', 'numeric', 'text'),
  optional: boolean.optional(),
  text: z.strictObject(fieldLimits).optional(),
  numeric: z.strictObject(fieldLimits).optional(),
  dropdown: z
    .strictObject({
      default_value: text(100).optional(),
      options: z.array(z.strictObject({ label: text(100), value: text(100) })).max(200),
    })
    .optional(),
})

const message = z.strictObject({ message: text(1200) }).optional()

const notActedOn = {
  customer_account: unlessEmulated,
  managed_payments: unlessEmulated,
  name_collection: unlessEmulated,
  optional_items: unlessEmulated,
  payment_method_configuration: unlessEmulated,
  payment_method_data: unlessEmulated,
  payment_method_options: unlessEmulated,
  payment_method_collection: unlessEmulated,
  permissions: unlessEmulated,
  setup_intent_data: unlessEmulated,
  subscription_data: unlessEmulated,
  branding_settings: unlessEmulated,
  after_expiration: unlessEmulated,
  wallet_options: unlessEmulated,
}

const collection = {
  billing_address_collection: oneOf('auto', 'required').optional(),
  consent_collection: z
    .strictObject({
      payment_method_reuse_agreement: unlessEmulated,
      promotions: oneOf('auto', 'none').optional(),
      terms_of_service: oneOf('none', 'required').optional(),
    })
    .optional(),
  custom_fields: z.array(customField).max(3).optional(),
  custom_text: z
    .strictObject({
      after_submit: message,
      shipping_address: message,
      submit: message,
      terms_of_service_acceptance: message,
    })
    .optional(),
  phone_number_collection: enabled.optional(),
  shipping_address_collection: z.strictObject({ allowed_countries: z.array(countryCode) }).optional(),
  shipping_options: z
    .array(z.strictObject({ shipping_rate: text().optional(), shipping_rate_data: shippingRateData.optional() }))
    .max(5)
    .optional(),
  tax_id_collection: z
    .strictObject({ enabled: boolean, required: oneOf('if_supported', 'never').optional() })
    .optional(),
}

const update = oneOf('auto', 'never').optional()

const customer = {
  customer: text().optional(),
  customer_creation: oneOf('always', 'if_required').optional(),
  customer_email: email.optional(),
  customer_update: z.strictObject({ address: update, name: update, shipping: update }).optional(),
  saved_payment_method_options: z
    .strictObject({
      allow_redisplay_filters: z.array(oneOf('always', 'limited', 'unspecified')).optional(),
      payment_method_remove: oneOf('disabled', 'enabled').optional(),
      payment_method_save: oneOf('disabled', 'enabled').optional(),
    })
    .optional(),
}

export const createSessionParams = params({
  ...collection,
  ...customer,
  ...notActedOn,
  adaptive_pricing: z.strictObject({ enabled: boolean.optional() }).optional(),
  allow_promotion_codes: boolean.optional(),
  allowed_payment_method_types: z.array(text()).optional(),
  automatic_tax: z.strictObject({ enabled: boolean, liability: unlessEmulated }).optional(),
  cancel_url: url.optional(),
  client_reference_id: text(200).optional(),
  currency: currency.optional(),
  discounts: z
    .array(z.strictObject({ coupon: text().optional(), promotion_code: unlessEmulated }))
    .max(1)
    .optional(),
  excluded_payment_method_types: z.array(text()).optional(),
  expires_at: integer().optional(),
  integration_identifier: text().optional(),
  invoice_creation: z.strictObject({ enabled: boolean, invoice_data: unlessEmulated }).optional(),
  line_items: z.array(lineItem).max(100).optional(),
  locale: text(10).optional(),
  metadata: metadata.optional(),
  mode: oneOf('payment', 'setup', 'subscription').optional(),
  origin_context: oneOf('mobile_app', 'web').optional(),
  payment_intent_data: paymentIntentData.optional(),
  redirect_on_completion: oneOf('always', 'if_required', 'never').optional(),
  return_url: url.optional(),
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe').optional(),
  success_url: url.optional(),
  ui_mode: oneOf('elements', 'embedded_page', 'form', 'hosted_page').optional(),
})

export type CreateSessionParams = z.infer<typeof createSessionParams>
export type LineItemParams = z.infer<typeof lineItem>
export type ShippingRateData = z.infer<typeof shippingRateData>
export type ProductData = z.infer<typeof productData>
