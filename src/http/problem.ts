import type { Context } from 'hono'
import type { AppError } from '../shared/errors.ts'
import { createLog } from '../shared/log.ts'
import { problemOf } from '../shared/problems.ts'
import type { AppEnv } from './app-env.ts'
import { isValueAtFault, toAppError } from './known-error.ts'
import { problemPage } from './page/problem-page.ts'
import { findPolicy } from './policy.ts'

/** RFC 9457 problem document. */
function problemResponse(c: Context<AppEnv>, error: AppError, headers: Record<string, string>): Response {
  const { status, title } = problemOf(error.code)
  const body = {
    ...error.details,
    type: `urn:mercat:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    request_id: c.get('requestId') ?? 'unknown',
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
  }
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...headers,
  })
}

/** Whether to answer a problem as a page: the route answers pages, and the client asks for HTML. */
function wantsPage(c: Context<AppEnv>): boolean {
  if (!(c.req.header('Accept') ?? '').includes('text/html')) return false
  const policy = c.get('policy') ?? findPolicy(c)
  return policy === undefined ? !c.req.path.startsWith('/v1/') : policy.answers === 'page'
}

/** Turns every error into an answer. Unknown errors are logged and answered with a 500 that says nothing about them. */
export function onError(error: unknown, c: Context<AppEnv>): Response | Promise<Response> {
  const log = c.get('ctx')?.log ?? createLog({ request_id: c.get('requestId'), handler: 'fetch' })
  const known = toAppError(error)
  const { status } = problemOf(known.code)
  if (status >= 500)
    log.error('request-failed', { code: known.code, method: c.req.method, path: c.req.path, error: known })
  else if (isValueAtFault(known.cause))
    // A schema should have refused this value before the database did, so log it although it is a 4xx.
    log.warn('refused-by-the-database', { code: known.code, method: c.req.method, path: c.req.path, error: known })
  const { retry_after: given } = known.details
  const retryAfter = typeof given === 'number' ? given : status === 503 ? 1 : undefined
  if (wantsPage(c)) return problemPage(c, known, status)
  return problemResponse(c, known, {
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="mercat"' } : {}),
  })
}
