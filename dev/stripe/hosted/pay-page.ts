import { html } from 'hono/html'
import type { Emulator } from '../emulator.ts'
import type { CustomField, SessionRecord, ShippingRate } from '../model/objects.ts'
import { formatMoney } from '../payments/money.ts'
import { bankDebitOf } from '../payments/payment-methods.ts'
import { COUNTRIES } from './countries.ts'
import { destinationOf, type Entries, type FieldErrors } from './entries.ts'
import { addressFields, field, type FieldContext, select } from './fields.ts'
import { type Html, layout } from './layout.ts'
import { type Option, optionsFor, optionStyles, summary } from './summary.ts'

export type PageState = {
  entries: Entries
  errors: FieldErrors
  /** Shown above the form: why the payment did not go through. */
  alert: string | null
  /** Shown above the form: what changed. */
  info: string | null
}

export function payPage(emulator: Emulator, record: SessionRecord, state: PageState): Html {
  const destination = destinationOf(record, state.entries)
  const options = optionsFor(emulator, record, destination)
  const context: FieldContext = { entries: state.entries, errors: state.errors }
  const taxed = record.object.automatic_tax.enabled
  const body = html`<main class="checkout">
    ${state.alert === null ? '' : html`<p class="alert" role="alert">${state.alert}</p>`}
    ${state.info === null ? '' : html`<p class="alert info" role="status">${state.info}</p>`}
    ${summary(emulator, record, options)}
    <form class="payment" method="post" action="/c/pay/${record.object.id}" novalidate>
      <input type="hidden" name="taxed_for" value="${taxed ? destination : ''}" />
      ${contact(record, context)} ${shippingAddress(record, context)}
      ${taxed ? html`<button class="quiet" type="submit" name="action" value="update">Update total</button>` : ''}
      ${shippingOptions(record, context, options)} ${payment(record, context)} ${billing(record, context)}
      ${customFields(record, context)} ${consent(record, context)}
      <button class="pay" type="submit" name="action" value="pay" id="pay-button">
        Pay
        ${options.map(
          ({ quote }, index) =>
            html`<span class="of-option option-${index}"
              >${formatMoney(quote.total, record.object.currency ?? 'usd')}</span
            >`,
        )}
      </button>
    </form>
  </main>`
  return layout('Checkout', body, optionStyles(options))
}

function contact(record: SessionRecord, context: FieldContext): Html {
  const session = record.object
  return html`<h2>Contact</h2>
    ${field(context, {
      name: 'email',
      label: 'Email',
      type: 'email',
      autocomplete: 'email',
      readonly: session.customer_email !== null,
    })}
    ${session.phone_number_collection?.enabled ? field(context, { name: 'phone', label: 'Phone', type: 'tel', autocomplete: 'tel' }) : ''}`
}

function shippingAddress(record: SessionRecord, context: FieldContext): Html | string {
  const allowed = record.object.shipping_address_collection?.allowed_countries
  if (!allowed) return ''
  return html`<fieldset>
    <legend>Shipping address</legend>
    ${field(context, { name: 'shipping_name', label: 'Full name', autocomplete: 'shipping name' })}
    ${addressFields(context, 'shipping', allowed)}
  </fieldset>`
}

/** `3 to 5 business days`, or nothing. */
function estimateOf({ delivery_estimate: estimate }: ShippingRate): string {
  const bounds = [estimate?.minimum, estimate?.maximum].flatMap((bound) => (bound ? [bound] : []))
  return bounds
    .map(({ unit, value }, index) => {
      const saidOnce = index < bounds.length - 1 && bounds[index + 1]?.unit === unit
      return saidOnce ? `${value}` : `${value} ${unit.replace('_', ' ')}${value === 1 ? '' : 's'}`
    })
    .join(' to ')
}

function shippingOptions(record: SessionRecord, context: FieldContext, options: Option[]): Html | string {
  const currency = record.object.currency ?? 'usd'
  const rates = options.flatMap(({ rate }) => (rate ? [rate] : []))
  if (rates.length === 0) return ''
  const chosen = rates.some(({ id }) => id === context.entries['shipping_rate'])
    ? context.entries['shipping_rate']
    : rates[0]?.id
  return html`<fieldset>
    <legend>Shipping method</legend>
    ${rates.map((rate, index) => {
      const amount = rate.fixed_amount?.amount ?? 0
      const estimate = estimateOf(rate)
      return html`<label class="choice"
        ><input
          type="radio"
          name="shipping_rate"
          id="rate-${index}"
          value="${rate.id}"
          ${rate.id === chosen ? ' checked' : ''}
        />
        <span class="what">${rate.display_name}${estimate === '' ? '' : html`<br /><small>${estimate}</small>`}</span>
        <span class="amount">${amount === 0 ? 'Free' : formatMoney(amount, currency)}</span></label
      >`
    })}
  </fieldset>`
}

function payment(record: SessionRecord, context: FieldContext): Html {
  const types = record.object.payment_method_types
  const debit = bankDebitOf(record.object.currency ?? '')
  const chosen = context.entries['payment_method'] === 'bank_debit' ? 'bank_debit' : 'card'
  const choice = (value: string, id: string, label: string, note: string) =>
    html`<label class="choice"
      ><input type="radio" name="payment_method" id="${id}" value="${value}" ${value === chosen ? ' checked' : ''} />
      <span class="what">${label}<br /><small>${note}</small></span></label
    >`
  return html`<fieldset>
    <legend>Payment method</legend>
    ${types.includes('card') ? choice('card', 'pay-card', 'Card', 'Paid at once') : ''}
    ${debit !== null && types.includes(debit) ? choice('bank_debit', 'pay-bank', 'Bank debit', 'Completes now, settles later') : ''}
    <div class="card-fields">
      <p class="hint">
        Test cards: <code>4242 4242 4242 4242</code> pays, <code>4000 0000 0000 0002</code> is declined,
        <code>4000 0000 0000 9995</code> has insufficient funds, <code>4000 0000 0000 0259</code> pays and is disputed.
      </p>
      ${field(context, { name: 'card', label: 'Card number', autocomplete: 'cc-number', inputmode: 'numeric' })}
      <div class="pair">
        ${field(context, { name: 'expiry', label: 'Expiry (MM / YY)', autocomplete: 'cc-exp', inputmode: 'numeric' })}
        ${field(context, { name: 'cvc', label: 'CVC', autocomplete: 'cc-csc', inputmode: 'numeric' })}
      </div>
      ${field(context, { name: 'name', label: 'Name on card', autocomplete: 'cc-name' })}
    </div>
  </fieldset>`
}

function billing(record: SessionRecord, context: FieldContext): Html {
  const fields = html`<div class="billing-fields">${addressFields(context, 'billing', COUNTRIES)}</div>`
  if (!record.object.shipping_address_collection) {
    return html`<fieldset>
      <legend>Billing address</legend>
      ${fields}
    </fieldset>`
  }
  const same = context.entries['billing_same'] === 'on'
  return html`<fieldset>
    <legend>Billing address</legend>
    <label class="check"
      ><input type="checkbox" name="billing_same" id="billing-same" value="on" ${same ? ' checked' : ''} /> Same as
      shipping address</label
    >
    ${fields}
  </fieldset>`
}

function customFields(record: SessionRecord, context: FieldContext): Html[] {
  return record.object.custom_fields.map((custom) => customField(custom, context))
}

function customField(custom: CustomField, context: FieldContext): Html {
  const name = `custom_${custom.key}`
  const label = `${custom.label.custom ?? custom.key}${custom.optional ? ' (optional)' : ''}`
  if (!custom.dropdown) {
    return field(context, { name, label, ...(custom.type === 'numeric' ? { inputmode: 'numeric' } : {}) })
  }
  const choices = custom.dropdown.options.map((option) => ({ value: option.value, label: option.label }))
  return select(context, { name, label, choices: [{ value: '', label: 'Choose…' }, ...choices] })
}

function consent(record: SessionRecord, context: FieldContext): Html | string {
  if (record.object.consent_collection?.terms_of_service !== 'required') return ''
  const error = context.errors['terms']
  return html`<label class="check"
    ><input type="checkbox" name="terms" value="on" ${context.entries['terms'] === 'on' ? ' checked' : ''} />
    <span
      >I agree to the terms of service.${error === undefined ? '' : html`<span class="error">${error}</span>`}</span
    ></label
  >`
}
