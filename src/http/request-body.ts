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

const notWhole = (cause: unknown) => new AppError('malformed-json', 'The body was cut off.', { cause })

/** Waits for a body. Throws `malformed-json` when the caller stops sending in the middle of it. */
export const readWhole = <T>(body: Promise<T>): Promise<T> =>
  body.catch((cause: unknown) => {
    throw notWhole(cause)
  })

/**
 * Refuses bodies above the limit, with or without a `Content-Length`. Throws `payload-too-large`, and `malformed-json` for
 * a body that breaks off.
 */
export const limitBody = createMiddleware<AppEnv>(async (c, next) => {
  // A body without a `Content-Length` is read to its end here, so until the next middleware runs, errors are about it.
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
  if (errors.length > 0) throw new AppError('validation-failed', 'The request is not valid.', { errors })
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
 * Parses the body, which must be JSON unless the handler reads it itself, and refuses text in body and URL that PostgreSQL
 * cannot store. Routes then validate by their schemas.
 * Throws `unsupported-media-type`, `malformed-json`, `validation-failed`.
 */
export const checkInput = createMiddleware<AppEnv>(async (c, next) => {
  assertStorable(findUnstorableInUrl(c.req.url))
  if (policyOf(c).body === 'own' || c.req.raw.body === null) return next()
  const bytes = await readWhole(c.req.arrayBuffer())
  // Many clients send a JSON content type without a body, as with DELETE; a route that needs a body refuses that itself.
  if (bytes.byteLength === 0) return next()
  if (!isJson(c.req.header('Content-Type')))
    throw new AppError('unsupported-media-type', 'Send the body as application/json.')
  const { text, value } = parseJson(bytes)
  assertStorable(findUnstorable(value))
  // Saves the route's validator from decoding the bytes again.
  Object.assign(c.req.bodyCache, { text: Promise.resolve(text) })
  return next()
})

/**
 * The fields of a posted form; of several fields with one name, the first. Throws `unsupported-media-type`, and
 * `validation-failed` for text that PostgreSQL cannot store.
 */
export async function readForm(c: Context<AppEnv>): Promise<Map<string, string>> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(c.req.header('Content-Type') ?? ''))
    throw new AppError('unsupported-media-type', 'Send the form as application/x-www-form-urlencoded.')
  const text = new TextDecoder().decode(await readWhole(c.req.arrayBuffer()))
  const fields = [...new URLSearchParams(text)].toReversed()
  assertStorable(findUnstorable(Object.fromEntries(fields)))
  return new Map(fields)
}
