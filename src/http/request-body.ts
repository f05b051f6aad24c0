import { bodyLimit } from 'hono/body-limit'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError, type FieldError, isAppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { policyOf } from './policy.ts'
import { findUnstorable, findUnstorableInUrl } from './storable.ts'

const MAX_BYTES = 64 * 1024

const isJson = (contentType: string | undefined): boolean =>
  /^application\/json\s*(;|$)/i.test(contentType?.trim() ?? '')

const makeLimit = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new AppError('payload-too-large', `A body may have at most ${maxSize} bytes.`)
    },
  })

const limits = new Map<number, ReturnType<typeof makeLimit>>()

function refuseAbove(maxSize: number): ReturnType<typeof makeLimit> {
  const limit = limits.get(maxSize) ?? makeLimit(maxSize)
  limits.set(maxSize, limit)
  return limit
}

const notWhole = (cause: unknown) => new AppError('malformed-json', 'The body did not arrive whole.', { cause })

/** A body that is being read. Throws `malformed-json` when the caller goes away or breaks off in the middle of it. */
export const whole = <T>(body: Promise<T>): Promise<T> =>
  body.catch((cause: unknown) => {
    throw notWhole(cause)
  })

/**
 * Refuses bodies above the limit with `payload-too-large`, whether or not their length was announced, and with
 * `malformed-json` what breaks off.
 */
export const limitBody = createMiddleware<AppEnv>(async (c, next) => {
  // What announced no length is read here to the end: until then, whatever is thrown is about the body.
  let isPast = false
  const limit = refuseAbove(policyOf(c).maxBodyBytes ?? MAX_BYTES)
  try {
    return await limit(c, () => {
      isPast = true
      return next()
    })
  } catch (error) {
    throw isPast || isAppError(error) ? error : notWhole(error)
  }
})

function assertStorable(errors: FieldError[]): void {
  if (errors.length > 0) throw new AppError('validation-failed', 'Some of what was sent is not valid.', { errors })
}

function parseJson(bytes: ArrayBuffer): { text: string; value: unknown } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
    return { text, value: JSON.parse(text) }
  } catch (cause) {
    throw new AppError('malformed-json', 'The body is not JSON in UTF-8.', { cause })
  }
}

/**
 * Every body is JSON, but where the handler reads its own: anything else is `unsupported-media-type`, what cannot be
 * parsed is `malformed-json`, and text that could never be stored is `validation-failed`, in the address too. Routes then validate by their schemas.
 */
export const checkInput = createMiddleware<AppEnv>(async (c, next) => {
  assertStorable(findUnstorableInUrl(c.req.url))
  if (policyOf(c).body === 'own' || c.req.raw.body === null) return next()
  const bytes = await whole(c.req.arrayBuffer())
  // Many clients announce JSON with every request, a DELETE without a body included. A route that needs one says so.
  if (bytes.byteLength === 0) return next()
  if (!isJson(c.req.header('Content-Type')))
    throw new AppError('unsupported-media-type', 'Send the body as application/json.')
  const { text, value } = parseJson(bytes)
  assertStorable(findUnstorable(value))
  // Otherwise the route's validator would make a Response of the bytes to get their text.
  Object.assign(c.req.bodyCache, { text: Promise.resolve(text) })
  return next()
})

/**
 * The fields of a form that a page of ours has posted, the first of each name. Throws `unsupported-media-type`, and
 * `validation-failed` for what could never be stored.
 */
export async function readForm(c: Context<AppEnv>): Promise<Map<string, string>> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(c.req.header('Content-Type') ?? ''))
    throw new AppError('unsupported-media-type', 'Send the form as application/x-www-form-urlencoded.')
  const text = new TextDecoder().decode(await whole(c.req.arrayBuffer()))
  const fields = [...new URLSearchParams(text)].toReversed()
  assertStorable(findUnstorable(Object.fromEntries(fields)))
  return new Map(fields)
}
