import { z } from '@hono/zod-openapi'
import type { FieldErrorCode } from '../field-errors.ts'
import { turnstileHintSchema } from '../turnstile.ts'

export type FieldError = { field: string; code: FieldErrorCode; message: string }

/** What there is to say about a problem. */
export type Problem = {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 502 | 503
  /** The problem in a few words, always the same for a code. */
  title: string
  /** When it occurs and what a client should do, in Markdown for docs/api.md. */
  when: string
  /** An example of `detail`. */
  detail: string
  /** Further members of the problem document, with an example. */
  members?: z.ZodObject
  memberExample?: Record<string, unknown>
  /** An example of `errors`; a problem without one has no `errors`. */
  errors?: FieldError[]
}

/** The member of a refusal that passing Turnstile lifts. */
export const liftedByProof = {
  members: z.object({ turnstile: turnstileHintSchema }),
  memberExample: { turnstile: { site_key: '1x00000000000000000000AA' } },
}
