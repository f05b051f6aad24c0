import { NeonDbError } from '@neondatabase/serverless'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import { sql } from 'drizzle-orm'
import { type Actor, type Member, requireShopper } from '../actor.ts'
import { currentDeadline, isTimeUp } from '../shared/deadline.ts'
import { AppError } from '../shared/errors.ts'
import type { Db } from './client.ts'

/** A named constraint or assertion has failed, and the whole batch was rolled back. */
export class ConstraintViolation extends Error {
  readonly constraint: string

  constructor(constraint: string, cause: unknown) {
    super(`constraint ${constraint} does not hold`, { cause })
    this.name = 'ConstraintViolation'
    this.constraint = constraint
  }
}

const ATTEMPTS = 4

/** A statement of a batch. */
export type Statement = BatchItem<'pg'>

type Options = {
  /**
   * What to do when the answer is lost and the batch may have committed. `retry`, the default, is for batches that are
   * idempotent by their keys. `fail` is for others: the caller answers 503, and the client decides.
   */
  onLostAnswer?: 'retry' | 'fail'
}

const neonErrorOf = (error: unknown): NeonDbError | undefined => {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof NeonDbError) return e
  return undefined
}

const isRolledBack = (error: NeonDbError): boolean => error.code === '40P01' || error.code === '40001'

// No SQLSTATE, or one for a failed connection, a lack of resources or a restart: the request or its answer was lost, and
// the batch may have committed.
const isLost = (error: NeonDbError): boolean => error.code === undefined || /^(08|53|57P)/.test(error.code)

const isTimeout = (error: NeonDbError): boolean => error.sourceError?.name === 'TimeoutError'

/** Whether to ask again: not after a timeout of a read, so that a slow database does not get four times the load. */
const mayRetry = (error: NeonDbError): boolean => !isTimeout(error) || currentDeadline()?.repeatsAfterTimeout !== false

function translate(error: unknown): unknown {
  const neonError = neonErrorOf(error)
  if (neonError === undefined) return error
  if (isLost(neonError) || isRolledBack(neonError)) {
    return new AppError('database-unavailable', 'The database does not answer. Try again shortly.', { cause: error })
  }
  if (neonError.code?.startsWith('23') && neonError.constraint) {
    if (neonError.constraint === 'session_is_live')
      return new AppError('session-ended', 'This session has ended. Sign in again.', { cause: error })
    return new ConstraintViolation(neonError.constraint, error)
  }
  return error
}

async function withRetries<T>(run: () => Promise<T>, onLostAnswer: 'retry' | 'fail'): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const neonError = neonErrorOf(error)
      const again =
        neonError !== undefined &&
        (isRolledBack(neonError) || (onLostAnswer === 'retry' && isLost(neonError) && mayRetry(neonError)))
      if (!again || attempt === ATTEMPTS || isTimeUp()) throw translate(error)
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 10 * (1 + Math.random())))
    }
  }
}

/**
 * Runs the statements as one transaction in one round trip.
 * Throws `ConstraintViolation` with the constraint's name, or `database-unavailable`.
 */
export function runBatch<U extends BatchItem<'pg'>, T extends Readonly<[U, ...U[]]>>(
  db: Db,
  statements: T,
  { onLostAnswer = 'retry' }: Options = {},
): Promise<BatchResponse<T>> {
  return withRetries(() => db.batch(statements), onLostAnswer)
}

/** Runs one statement in one round trip. It is given as a function, so that a retry can build it again. Throws as `runBatch`. */
export function runStatement<T>(statement: () => PromiseLike<T>, { onLostAnswer = 'retry' }: Options = {}): Promise<T> {
  return withRetries(async () => statement(), onLostAnswer)
}

/** Whoever a statement is run for; a `Ctx` is one. */
type Caller = { db: Db; actor: Actor; now: () => Date }

const assertSessionIsLive = ({ db, now }: Caller, { sessionId, memberId }: Member) =>
  db.execute(sql`
    SELECT assert_that(EXISTS (
      SELECT 1 FROM sessions WHERE id = ${sessionId}::uuid AND member_id = ${memberId}::uuid
        AND ended_at IS NULL AND expires_at > ${now().toISOString()}), 'session_is_live')`)

/**
 * As `runBatch`, for the caller's own data. An access token is accepted for fifteen minutes without a round trip; this
 * checks in the same round trip that its session has not ended. Also throws `session-ended`, and `not-authenticated` for
 * actors other than visitors and members.
 */
export async function runBatchAsCaller<U extends BatchItem<'pg'>, T extends Readonly<[U, ...U[]]>>(
  caller: Caller,
  statements: T,
  options: Options = {},
): Promise<BatchResponse<T>> {
  const shopper = requireShopper(caller.actor)
  if (shopper.kind === 'visitor') return runBatch(caller.db, statements, options)
  const [, ...results] = await runBatch(caller.db, [assertSessionIsLive(caller, shopper), ...statements], options)
  return results
}

/** As `runStatement`, for the caller's own data. Also throws `session-ended`. */
export async function runStatementAsCaller<T>(
  caller: Caller,
  statement: () => BatchItem<'pg'> & PromiseLike<T>,
): Promise<T> {
  if (requireShopper(caller.actor).kind === 'visitor') return runStatement(statement)
  const [result] = await runBatchAsCaller(caller, [statement()])
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the statement's own result
  return result as T
}
