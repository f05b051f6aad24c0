import { StripeError } from './errors.ts'
import type { FormObject } from './form.ts'

export type Answer = { status: number; body: unknown; requestId: string }

type Entry = { endpoint: string; params: string; at: number; answer: Answer | null }

const KEPT_SECONDS = 24 * 60 * 60

/**
 * What was answered under each `Idempotency-Key`. A key is held from the moment a call begins until it is settled;
 * see https://docs.stripe.com/api/idempotent_requests.
 */
export class IdempotencyKeys {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Takes the key for a call, or returns the answer kept under it.
   * Throws StripeError: 400 when the key was used for something else, 409 while its first call is in progress.
   */
  begin(key: string, endpoint: string, params: FormObject): Answer | null {
    if (key.length > 255) {
      const message = 'The idempotency key must be at most 255 characters long.'
      throw new StripeError(400, { type: 'invalid_request_error', message }, false)
    }
    this.#forgetOld()
    const fingerprint = JSON.stringify(sorted(params))
    const entry = this.#entries.get(key)
    if (!entry) {
      this.#entries.set(key, { endpoint, params: fingerprint, at: this.#now(), answer: null })
      return null
    }
    if (entry.endpoint !== endpoint) throw reusedFor(`endpoint`, key, entry.endpoint, endpoint)
    if (entry.params !== fingerprint) throw reusedFor('parameters', key)
    if (!entry.answer) throw inUse(key)
    return entry.answer
  }

  keep(key: string, answer: Answer): void {
    const entry = this.#entries.get(key)
    if (entry) entry.answer = answer
  }

  /** Forgets a call that never began to execute, so that the key can be used again. */
  release(key: string): void {
    this.#entries.delete(key)
  }

  #forgetOld(): void {
    const oldest = this.#now() - KEPT_SECONDS
    for (const [key, entry] of this.#entries) {
      // Entries stand in order of age.
      if (entry.at > oldest) return
      this.#entries.delete(key)
    }
  }
}

function reusedFor(what: 'endpoint' | 'parameters', key: string, first = '', second = ''): StripeError {
  const reason =
    what === 'endpoint'
      ? `for the same endpoint they were first used for ('${first}' vs '${second}')`
      : 'with the same parameters they were first used with'
  return new StripeError(
    400,
    {
      type: 'idempotency_error',
      message:
        `Keys for idempotent requests can only be used ${reason}. ` +
        `Try using a key other than '${key}' if you meant to execute a different request.`,
    },
    false,
  )
}

function inUse(key: string): StripeError {
  const message =
    'There is currently another in-progress request using this Idempotent Key (that probably means you submitted ' +
    `twice, and the other request is still going through): ${key}. Please try again later.`
  return new StripeError(409, { type: 'invalid_request_error', code: 'idempotency_key_in_use', message }, false)
}

/** Parameters in any order are the same parameters. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, child]) => [key, sorted(child)])
}
