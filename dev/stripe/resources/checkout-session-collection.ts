import type { CustomField, Session } from '../model/objects.ts'
import type { CreateSessionParams } from './checkout-session-params.ts'

type CollectionFields = Pick<
  Session,
  | 'billing_address_collection'
  | 'consent_collection'
  | 'custom_text'
  | 'invoice_creation'
  | 'phone_number_collection'
  | 'saved_payment_method_options'
  | 'shipping_address_collection'
  | 'tax_id_collection'
>

/** The part of a session that says what the page asks the customer for. */
export function collectionFields(given: CreateSessionParams): CollectionFields {
  const { consent_collection: consent, custom_text: text, saved_payment_method_options: saved } = given
  return {
    billing_address_collection: given.billing_address_collection ?? null,
    consent_collection: consent
      ? {
          payment_method_reuse_agreement: null,
          promotions: consent.promotions ?? null,
          terms_of_service: consent.terms_of_service ?? null,
        }
      : null,
    custom_text: {
      after_submit: text?.after_submit ?? null,
      shipping_address: text?.shipping_address ?? null,
      submit: text?.submit ?? null,
      terms_of_service_acceptance: text?.terms_of_service_acceptance ?? null,
    },
    invoice_creation: {
      enabled: given.invoice_creation?.enabled ?? false,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: null,
        metadata: {},
        rendering_options: null,
      },
    },
    phone_number_collection: { enabled: given.phone_number_collection?.enabled ?? false },
    saved_payment_method_options:
      given.customer === undefined && !saved
        ? null
        : {
            allow_redisplay_filters: saved?.allow_redisplay_filters ?? ['always'],
            payment_method_remove: saved?.payment_method_remove ?? 'disabled',
            payment_method_save: saved?.payment_method_save ?? null,
          },
    shipping_address_collection: given.shipping_address_collection ?? null,
    ...(given.tax_id_collection
      ? {
          tax_id_collection: {
            enabled: given.tax_id_collection.enabled,
            required: given.tax_id_collection.required ?? 'never',
          },
        }
      : {}),
  }
}

export function customFieldsOf(given: CreateSessionParams): CustomField[] {
  return (given.custom_fields ?? []).map((field) => ({
    key: field.key,
    label: field.label,
    optional: field.optional ?? false,
    type: field.type,
    ...(field.type === 'dropdown'
      ? {
          dropdown: {
            default_value: field.dropdown?.default_value ?? null,
            options: field.dropdown?.options ?? [],
            value: null,
          },
        }
      : { [field.type]: limitedField(field[field.type]) }),
  }))
}

type Limits = {
  default_value?: string | undefined
  maximum_length?: number | undefined
  minimum_length?: number | undefined
}

const limitedField = (limits: Limits | undefined) => ({
  default_value: limits?.default_value ?? null,
  maximum_length: limits?.maximum_length ?? null,
  minimum_length: limits?.minimum_length ?? null,
  value: null,
})
