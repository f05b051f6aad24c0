/**
 * Every code that a line of `errors` can have, with its meaning as Markdown for docs/api.md (`npm run openapi`). The
 * validator's own codes are mapped to these in `http/field-errors.ts`.
 */
export const FIELD_ERRORS = {
  required: 'nothing was given',
  'wrong-type': 'a value of another type: a text for a number, a list for an object',
  'too-short': 'a text with fewer characters than it needs',
  'too-long': 'a text with more characters than it may have',
  'too-small': 'a number below its least value',
  'too-large': 'a number above its greatest value',
  'too-few': 'a list with fewer entries than it needs',
  'too-many': 'a list with more entries than it may have',
  'invalid-format': 'a text that is not what its field holds: no email address, no UUID, no date',
  'invalid-characters': 'a text with a NUL or half of a surrogate pair, which cannot be stored',
  'not-an-option': 'none of the values that the field can have',
  'unknown-field': 'a field or parameter that the call does not know',
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
  'too-common': 'one of the most common passwords, or hardly different from one',
  'too-similar': 'a password that resembles username, email or name',
} as const

export type FieldErrorCode = keyof typeof FIELD_ERRORS
