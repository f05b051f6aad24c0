import { HTTPException } from 'hono/http-exception'
import { AppError, type ErrorCode } from '../shared/errors.ts'

/** The errors that Hono's own validators throw, by status. */
const BY_STATUS: Partial<Record<number, { code: ErrorCode; message: string }>> = {
  400: { code: 'malformed-json', message: 'The body is not JSON in UTF-8.' },
  413: { code: 'payload-too-large', message: 'The body is too large.' },
  415: { code: 'unsupported-media-type', message: 'Send the body as application/json.' },
}

/**
 * SQLSTATEs that blame a value and not the program: text in a wrong form (22P02, 22P05, 22007, 22021), or a number or
 * time out of range (22003, 22008). Schemas should refuse such values; this catches what they miss.
 */
const VALUE_AT_FAULT = new Set(['22003', '22007', '22008', '22021', '22P02', '22P05'])

/** Whether the database refused a value for its form or size. */
export function isValueAtFault(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string' && VALUE_AT_FAULT.has(e.code)) return true
  }
  return false
}

/** Turns whatever was thrown into the error for the caller; an unknown error becomes `internal-error`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (isValueAtFault(error)) return new AppError('validation-failed', 'The request is not valid.', { cause: error })
  const known = error instanceof HTTPException ? BY_STATUS[error.status] : undefined
  if (known !== undefined) return new AppError(known.code, known.message, { cause: error })
  return new AppError('internal-error', 'Something went wrong on our side.', { cause: error })
}
