/** The `error` object of a Stripe answer; see https://docs.stripe.com/api/errors. */
type ErrorBody = {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  message: string
  code?: string
  decline_code?: string
  param?: string
  charge?: string
  payment_intent?: unknown
  payment_method?: unknown
  doc_url?: string
}

/**
 * An answer that Stripe would give as an error. `kept` says whether the answer is remembered under the
 * request's idempotency key: Stripe keeps what happened once a call began to execute, and forgets refusals of
 * malformed parameters.
 */
export class StripeError extends Error {
  readonly status: number
  readonly body: ErrorBody
  readonly kept: boolean

  constructor(status: number, body: ErrorBody, kept = true) {
    super(body.message)
    this.name = 'StripeError'
    this.status = status
    this.kept = kept
    const docUrl = body.code === undefined ? {} : { doc_url: docUrlOf(body.code) }
    this.body = { ...docUrl, ...body }
  }
}

const docUrlOf = (code: string): string => `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`

/** A malformed parameter: 400, and nothing is kept under the idempotency key. */
export const invalidParameter = (message: string, param?: string, code?: string): StripeError =>
  new StripeError(400, { type: 'invalid_request_error', message, ...present({ code, param }) }, false)

/** A well-formed request that the state of things does not allow: 400, kept under the idempotency key. */
export const refused = (message: string, details: { code?: string; param?: string } = {}): StripeError =>
  new StripeError(400, { type: 'invalid_request_error', message, ...details })

/** An id in a parameter that names nothing: Stripe answers 400 for these, 404 only for the id in the path. */
export const noSuchReference = (noun: string, id: string, param: string): StripeError =>
  refused(`No such ${noun}: '${id}'`, { code: 'resource_missing', param })

export const notFound = (noun: string, id: string, param = 'id'): StripeError =>
  new StripeError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'`,
    param,
  })

export const unrecognizedUrl = (method: string, path: string): StripeError =>
  new StripeError(
    404,
    {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    },
    false,
  )

export const apiFailure = (status: number): StripeError =>
  new StripeError(
    status,
    {
      type: status === 429 || status < 500 ? 'invalid_request_error' : 'api_error',
      message: 'An unknown error occurred (injected by the emulator)',
      ...(status === 429 ? { code: 'rate_limit' } : {}),
    },
    false,
  )

function present(fields: { code: string | undefined; param: string | undefined }): { code?: string; param?: string } {
  return {
    ...(fields.code === undefined ? {} : { code: fields.code }),
    ...(fields.param === undefined ? {} : { param: fields.param }),
  }
}
