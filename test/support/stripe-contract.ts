import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { AnsweredCall, Watch } from '../../dev/stripe/emulator.ts'
import type { StripeEvent } from '../../dev/stripe/model/objects.ts'

type Contract = { stripe: string; calls: Record<string, Record<'request' | 'answer', object>>; definitions: object }

// Made from the types of Stripe's SDK by `npm run generate:stripe-contract`.
const { calls, definitions }: Contract = JSON.parse(
  readFileSync(new URL('./stripe-contract.json', import.meta.url), 'utf8'),
)

const ajv = new Ajv({
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  discriminator: true,
  allErrors: true,
})
ajv.addSchema({ $id: 'stripe', definitions })

const compiled = new Map<string, ValidateFunction>()

/** Where a value is not what Stripe's SDK says; nothing when it is. `name` is a call, or `Event`. */
export function breaches(name: string, part: 'request' | 'answer' | 'event', value: unknown): string[] {
  const key = `${name} ${part}`
  const validate = compiled.get(key) ?? compile(name, part)
  compiled.set(key, validate)
  // As it is on the wire, without undefined fields.
  const sent: unknown = value === undefined ? undefined : JSON.parse(JSON.stringify(value))
  if (validate(sent)) return []
  return mostTelling(validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${key}${instancePath === '' ? '' : ` at ${instancePath}`}: ${message} ${JSON.stringify(params)}`,
  )
}

function compile(name: string, part: 'request' | 'answer' | 'event'): ValidateFunction {
  const schema = part === 'event' ? { $ref: '#/definitions/Event' } : calls[name]?.[part]
  if (schema === undefined) throw new Error(`Stripe's contract has no ${name}: npm run generate:stripe-contract`)
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"stripe#/')))
}

const SHOWN = 6

/** Of a choice that failed each way has its errors; the way that came furthest tells best what was meant. */
const mostTelling = (errors: ErrorObject[]): ErrorObject[] =>
  errors
    .filter(({ keyword }) => keyword !== 'anyOf')
    .toSorted((a, b) => b.instancePath.split('/').length - a.instancePath.split('/').length)
    .slice(0, SHOWN)

/**
 * Holds what an emulator is sent, answers and delivers against Stripe's types. A request that the emulator refused is
 * left out with `refused: 'any'`, for tests that send wrong ones on purpose.
 */
export class ContractWatch implements Watch {
  readonly #found = new Set<string>()
  readonly #refused: 'any' | 'valid'
  readonly #next: Watch | undefined

  constructor({ refused }: { refused: 'any' | 'valid' }, next?: Watch) {
    this.#refused = refused
    this.#next = next
  }

  call(call: AnsweredCall): void {
    const { address, params, status, answer } = call
    this.#next?.call(call)
    if (status === 200 || this.#refused === 'valid') this.#note(breaches(address, 'request', params))
    if (status === 200) this.#note(breaches(address, 'answer', answer))
  }

  event(event: StripeEvent): void {
    this.#next?.event(event)
    this.#note(breaches('Event', 'event', event))
  }

  #note(lines: string[]): void {
    for (const line of lines) this.#found.add(line)
  }

  /** Throws when anything did not fit the types of Stripe's SDK. */
  assertKept(): void {
    if (this.#found.size > 0) throw new Error(`Not as Stripe's SDK says:\n${[...this.#found].join('\n')}`)
  }
}
