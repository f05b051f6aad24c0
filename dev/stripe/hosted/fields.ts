import { html } from 'hono/html'
import { countryName } from './countries.ts'
import type { Entries, FieldErrors } from './entries.ts'
import type { Html } from './layout.ts'

export type FieldContext = { entries: Entries; errors: FieldErrors }

type Field = {
  name: string
  label: string
  type?: 'text' | 'email' | 'tel'
  autocomplete?: string
  inputmode?: 'numeric'
  readonly?: boolean
}

/** A labelled text field that keeps what was entered and says what is wrong with it. */
export function field(context: FieldContext, { name, label, type = 'text', ...more }: Field): Html {
  const error = context.errors[name]
  return html`<label for="${name}"
    >${label}
    <input
      type="${type}"
      id="${name}"
      name="${name}"
      value="${context.entries[name] ?? ''}"
      autocomplete="${more.autocomplete ?? 'off'}"
      ${
        more.inputmode === undefined ? '' : html` inputmode="${more.inputmode}"`
      }${more.readonly ? ' readonly' : ''}${error === undefined ? '' : ' aria-invalid=true'}
    />
    ${error === undefined ? '' : html`<span class="error">${error}</span>`}</label
  >`
}

type Select = { name: string; label: string; autocomplete?: string; choices: { value: string; label: string }[] }

export function select(context: FieldContext, { name, label, choices, autocomplete = 'off' }: Select): Html {
  const error = context.errors[name]
  const chosen = context.entries[name] ?? ''
  return html`<label for="${name}"
    >${label}
    <select
      id="${name}"
      name="${name}"
      autocomplete="${autocomplete}"
      ${error === undefined ? '' : ' aria-invalid=true'}
    >
      ${choices.map(
        (choice) =>
          html`<option value="${choice.value}" ${choice.value === chosen ? ' selected' : ''}>${choice.label}</option>`,
      )}
    </select>
    ${error === undefined ? '' : html`<span class="error">${error}</span>`}</label
  >`
}

export function addressFields(
  context: FieldContext,
  prefix: 'shipping' | 'billing',
  countries: readonly string[],
): Html {
  const choices = countries
    .map((code) => ({ value: code, label: countryName(code) }))
    .toSorted((a, b) => a.label.localeCompare(b.label))
  const line = (name: string, label: string, autocomplete: string) =>
    field(context, { name: `${prefix}_${name}`, label, autocomplete: `${prefix} ${autocomplete}` })
  return html`${select(context, { name: `${prefix}_country`, label: 'Country', autocomplete: `${prefix} country`, choices })}
    ${line('line1', 'Address', 'address-line1')} ${line('line2', 'Apartment, suite (optional)', 'address-line2')}
    <div class="pair">
      ${line('city', 'City', 'address-level2')} ${line('state', 'State or province', 'address-level1')}
    </div>
    ${line('postal_code', 'Postal code', 'postal-code')}`
}
