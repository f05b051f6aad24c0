/**
 * Every code of an entry in `errors`, with its meaning in Markdown for docs/api.md (`npm run openapi`).
 * `http/field-errors.ts` maps the validator's own codes to these.
 */
export const FIELD_ERRORS = {
  required: 'nothing was given',
  'wrong-type': 'a value of the wrong type: a string for a number, a list for an object',
  'too-short': 'a string with too few characters',
  'too-long': 'a string with too many characters',
  'too-small': 'a number below the minimum',
  'too-large': 'a number above the maximum',
  'too-few': 'a list with too few entries',
  'too-many': 'a list with too many entries',
  'invalid-format': 'a string in the wrong format: no email address, no UUID, no date',
  'invalid-characters': 'a string with a NUL or half of a surrogate pair, which cannot be stored',
  'not-an-option': 'not one of the values that the field can have',
  'unknown-field': 'a field or parameter that the call does not have',
  'nothing-to-change': 'a change that names no field',
  'too-deep': 'nested deeper than 32 levels',
  invalid: 'another rule of the field; `message` says which',
  'account-exists': 'username or email is taken',
  'invalid-cursor': 'not a cursor of this list in this order',
  misconfigured: 'a variable of the Worker that is missing or malformed',
  'needs-special': 'a password without a character that is neither letter nor digit nor space',
  'needs-upper-case': 'a password without an upper-case letter',
  'not-shipped-to': 'a country that the shop does not ship to',
  breached: 'a password that is known from a breach',
  'too-common': 'one of the most common passwords, or a variation of one',
  'too-similar': 'a password that resembles username, email or name',
} as const

export type FieldErrorCode = keyof typeof FIELD_ERRORS
