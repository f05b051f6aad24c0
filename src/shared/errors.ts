import type { z } from 'zod'
import type { ErrorCode, PROBLEMS } from './problems.ts'
import type { FieldError } from './problems/problem.ts'

export type { ErrorCode } from './problems.ts'
export type { FieldError } from './problems/problem.ts'

/** The further members of a code's problem document; `never` for a code without any. */
type DetailsOf<C extends ErrorCode> = C extends ErrorCode
  ? (typeof PROBLEMS)[C] extends { members: infer Members extends z.ZodType }
    ? z.input<Members>
    : never
  : never

type CodeWithErrors = {
  [C in ErrorCode]: (typeof PROBLEMS)[C] extends { errors: FieldError[] } ? C : never
}[ErrorCode]

type Options<C extends ErrorCode> = {
  errors?: C extends CodeWithErrors ? FieldError[] : never
  cause?: unknown
} & ([DetailsOf<C>] extends [never]
  ? { details?: never }
  : object extends DetailsOf<C>
    ? { details?: DetailsOf<C> }
    : { details: DetailsOf<C> })

/**
 * The error that use cases throw. The caller sees its message and `details`, the further members that `PROBLEMS` defines
 * for the code, so neither may contain internals.
 */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly details: Readonly<Record<string, unknown>>
  readonly errors: FieldError[]

  constructor(code: C, message: string, ...[options]: object extends Options<C> ? [Options<C>?] : [Options<C>]) {
    super(message, { cause: options?.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options?.details ?? {}
    this.errors = options?.errors ?? []
  }
}

export function isAppError<C extends ErrorCode>(error: unknown, ...codes: C[]): error is AppError<C> {
  return error instanceof AppError && (codes.length === 0 || (codes as ErrorCode[]).includes(error.code))
}
