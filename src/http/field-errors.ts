import type { z } from '@hono/zod-openapi'
import { FIELD_ERRORS, type FieldErrorCode } from '../shared/field-errors.ts'
import type { FieldError } from '../shared/errors.ts'
import { shownName } from './shown-name.ts'

type Issue = z.core.$ZodIssue

/** What a validator refused: its issues, the value, and where it was sent (`json`, `query`, `param`, `header`). */
export type Refusal = { issues: readonly Issue[]; value: unknown; target: string }

const CODES_OF_BOUNDS: Record<string, { below: FieldErrorCode; above: FieldErrorCode }> = {
  string: { below: 'too-short', above: 'too-long' },
  array: { below: 'too-few', above: 'too-many' },
  set: { below: 'too-few', above: 'too-many' },
}
const NUMBER_BOUNDS = { below: 'too-small', above: 'too-large' } as const

const isFieldErrorCode = (code: unknown): code is FieldErrorCode => typeof code === 'string' && code in FIELD_ERRORS

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  )

/** The code for an issue. A schema's own rule can name its code: `.refine(…, { params: { code: '…' } })`. */
function codeOf(issue: Issue, value: unknown): FieldErrorCode {
  switch (issue.code) {
    case 'invalid_type':
      return at(value, issue.path) === undefined ? 'required' : 'wrong-type'
    case 'invalid_value':
      return at(value, issue.path) === undefined ? 'required' : 'not-an-option'
    case 'too_small':
      return (CODES_OF_BOUNDS[issue.origin] ?? NUMBER_BOUNDS).below
    case 'too_big':
      return (CODES_OF_BOUNDS[issue.origin] ?? NUMBER_BOUNDS).above
    case 'invalid_format':
      return 'invalid-format'
    case 'unrecognized_keys':
      return 'unknown-field'
    case 'custom': {
      const code: unknown = issue.params?.['code']
      return isFieldErrorCode(code) ? code : 'invalid'
    }
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
      return 'invalid'
    default:
      return issue satisfies never
  }
}

/** One entry for each invalid field; an issue with the whole value has the target as its field. */
export const fieldErrorsOf = ({ issues, value, target }: Refusal): FieldError[] =>
  issues.flatMap((issue) => {
    const code = codeOf(issue, value)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: [...issue.path, shownName(key)].join('.'),
        code,
        message: 'There is no such field.',
      }))
    }
    const message = code === 'required' ? 'Is required.' : issue.message
    return [{ field: issue.path.join('.') || target, code, message }]
  })
