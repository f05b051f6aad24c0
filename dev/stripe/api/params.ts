import { z } from 'zod'
import { invalidParameter, type StripeError } from './errors.ts'
import { type FormObject, mayBeMap, parameterName } from './form.ts'

/**
 * Building blocks for parameter schemas. Values arrive as strings from a form; every block either converts or
 * raises a custom issue that carries Stripe's error code and message.
 */
class Refusal {
  readonly message: string
  readonly code: string | undefined

  constructor(message: string, code?: string) {
    this.message = message
    this.code = code
  }
}

type Raise = (message: string, code?: string) => Refusal
const raise: Raise = (message, code) => new Refusal(message, code)

const leaf = <T>(convert: (value: string, raise: Raise) => T | Refusal): z.ZodType<T> =>
  z.string().transform((value, ctx): T => {
    const converted = convert(value, raise)
    if (!(converted instanceof Refusal)) return converted
    const { message, code } = converted
    ctx.addIssue({ code: 'custom', message, params: { code }, input: value })
    return z.NEVER
  })

const EMPTY = 'parameter_invalid_empty'

/** Non-empty text of at most `max` characters. */
export const text = (max = 5000): z.ZodType<string> =>
  leaf((value, raise) => {
    if (value === '') return raise(EMPTY, EMPTY)
    if (value.length > max) return raise(`Invalid string: ${value.slice(0, 10)}…; must be at most ${max} characters`)
    return value
  })

export const integer = (bounds: { min?: number; max?: number } = {}): z.ZodType<number> =>
  leaf((value, raise) => {
    if (value === '') return raise(EMPTY, EMPTY)
    const number = Number(value)
    if (!/^-?\d{1,15}$/.test(value)) return raise(`Invalid integer: ${value}`, 'parameter_invalid_integer')
    if (bounds.min !== undefined && number < bounds.min) {
      return raise(`This value must be greater than or equal to ${bounds.min}.`, 'parameter_invalid_integer')
    }
    if (bounds.max !== undefined && number > bounds.max) {
      return raise(`This value must be less than or equal to ${bounds.max}.`, 'parameter_invalid_integer')
    }
    return number
  })

export const decimal = (bounds: { above: number; max: number }): z.ZodType<number> =>
  leaf((value, raise) => {
    const number = Number(value)
    if (!/^\d+(\.\d+)?$/.test(value)) return raise(`Invalid decimal: ${value}`, 'parameter_invalid_integer')
    if (number <= bounds.above || number > bounds.max) {
      return raise(`This value must be greater than ${bounds.above} and at most ${bounds.max}.`)
    }
    return number
  })

export const boolean: z.ZodType<boolean> = leaf((value, raise) => {
  if (value === 'true' || value === 'false') return value === 'true'
  return raise(`Invalid boolean: ${value}`)
})

export const oneOf = <const T extends string>(...values: T[]): z.ZodType<T> =>
  leaf((value, raise) => {
    const found = values.find((candidate) => candidate === value)
    return found ?? raise(`Invalid value: must be one of ${list(values, 'or')}`)
  })

export const url: z.ZodType<string> = leaf((value, raise) => {
  if (value === '') return raise(EMPTY, EMPTY)
  // The session id placeholder is legal anywhere in a return address, even where a URL allows no braces.
  if (!URL.canParse(value.replaceAll(/[{}]/g, ''))) return raise('Not a valid URL', 'url_invalid')
  return value
})

export const email: z.ZodType<string> = leaf((value, raise) => {
  if (value === '') return raise(EMPTY, EMPTY)
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) || value.length > 512) {
    return raise(`Invalid email address: ${value}`, 'email_invalid')
  }
  return value
})

export const currency: z.ZodType<string> = leaf((value, raise) => {
  if (!/^[a-z]{3}$/i.test(value)) {
    return raise(`Invalid currency: ${value}. Stripe supports three-letter ISO 4217 codes.`)
  }
  return value.toLowerCase()
})

export const countryCode: z.ZodType<string> = leaf((value, raise) =>
  /^[A-Z]{2}$/.test(value) ? value : raise(`Country '${value}' is unknown. Try using a 2-character ISO country code.`),
)

/** Up to 50 keys of 40 characters with values of 500; an empty value removes its key on update. */
const metadataRecord = z.record(z.string(), z.string()).superRefine((value, ctx) => {
  const refuse = (message: string) => ctx.addIssue({ code: 'custom', message, params: {} })
  if (Object.keys(value).length > 50) refuse('You can have up to 50 metadata keys.')
  for (const [key, content] of Object.entries(value)) {
    if (key.length > 40) refuse(`Metadata keys can have up to 40 characters, but you passed in ${key.length}.`)
    if (content.length > 500) {
      refuse(`Metadata values can have up to 500 characters, but you passed in a value of ${content.length}.`)
    }
  }
})

export const metadata: z.ZodType<Record<string, string>> = z.preprocess(
  // Keys "0", "1", … read as a list on the wire.
  (value) => (Array.isArray(value) && mayBeMap(value) ? Object.fromEntries(value.entries()) : value),
  metadataRecord,
)

/** Accepts an empty string as "unset this", which becomes null. */
export const clearable = <T>(schema: z.ZodType<T>): z.ZodType<T | null> =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullable())

/** A parameter Stripe knows and the emulator does not act on: said aloud, never swallowed. */
export const notEmulated: z.ZodType<undefined> = z.unknown().transform((_value, ctx): undefined => {
  ctx.addIssue({ code: 'custom', message: 'The Stripe emulator does not implement this parameter.', params: {} })
  return undefined
})

const expand = z.array(text()).max(20)

/** A whole request's parameters: the given ones and `expand`, nothing else. */
export const params = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.strictObject({ ...shape, expand: expand.optional() })

const range = z.strictObject({
  gt: integer().optional(),
  gte: integer().optional(),
  lt: integer().optional(),
  lte: integer().optional(),
})
export type CreatedRange = z.infer<typeof range>

/** `created=5` means exactly then; otherwise bounds. */
const created = z.preprocess((value) => (typeof value === 'string' ? { gte: value, lte: value } : value), range)

/** The parameters that every list call takes. */
export const pagination = {
  limit: integer({ min: 1, max: 100 }).optional(),
  starting_after: text().optional(),
  ending_before: text().optional(),
}
export const createdFilter = { created: created.optional() }

export const address = z.strictObject({
  city: clearable(text()).optional(),
  country: clearable(text()).optional(),
  line1: clearable(text()).optional(),
  line2: clearable(text()).optional(),
  postal_code: clearable(text()).optional(),
  state: clearable(text()).optional(),
})

/** Runs a schema over decoded parameters; throws the 400 StripeError that Stripe would answer with. */
export function parseParams<T>(schema: z.ZodType<T>, input: FormObject): T {
  const result = schema.safeParse(input, { reportInput: true })
  if (result.success) return result.data
  throw toStripeError(result.error.issues)
}

function toStripeError(issues: z.core.$ZodIssue[]): StripeError {
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => parameterName([...issue.path, key])) : [],
  )
  if (unknown.length > 0) {
    const noun = unknown.length === 1 ? 'parameter' : 'parameters'
    return invalidParameter(`Received unknown ${noun}: ${unknown.join(', ')}`, unknown[0], 'parameter_unknown')
  }
  const missing = issues.find((issue) => issue.code === 'invalid_type' && issue.input === undefined)
  const issue = missing ?? issues[0]
  const name = parameterName(issue?.path ?? [])
  if (missing) return invalidParameter(`Missing required param: ${name}.`, name, 'parameter_missing')
  if (issue?.code === 'custom') return customError(issue, name)
  if (issue?.code === 'invalid_type') return invalidParameter(`Invalid ${nounOf(issue.expected)}`, name)
  if (issue?.code === 'too_big') {
    return invalidParameter(`Array ${name} exceeded maximum ${String(issue.maximum)} allowed elements.`, name)
  }
  return invalidParameter(`Invalid ${name}`, name)
}

function customError(issue: z.core.$ZodIssueCustom, name: string): StripeError {
  const code: unknown = issue.params?.['code']
  if (code === EMPTY) {
    const message =
      `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however ` +
      `'${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`
    return invalidParameter(message, name, EMPTY)
  }
  return invalidParameter(issue.message, name, typeof code === 'string' ? code : undefined)
}

const nounOf = (expected: string): string => (expected === 'record' ? 'object' : expected)

/** `a, b, or c`: how Stripe lists alternatives. */
function list(values: readonly string[], word: 'or' | 'and'): string {
  if (values.length < 3) return values.join(` ${word} `)
  return `${values.slice(0, -1).join(', ')}, ${word} ${values.at(-1)}`
}
