import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { selectAgreement } from './queries.ts'
import type { Agreement } from './schemas.ts'

/** An agreement as the API answers it. Throws `not-found` while the shop has no terms of use. */
export function toAgreement(row: { version: string | null; agreed_at: string | null } | undefined): Agreement {
  if (row === undefined || row.version === null) throw new AppError('not-found', 'The shop has no terms of use.')
  const { version, agreed_at } = row
  return agreed_at === null
    ? { version, agreed: false }
    : { version, agreed: true, agreed_at: new Date(agreed_at).toISOString() }
}

/** Whether the caller has agreed to the current terms of use. Throws `not-authenticated`, `session-ended`. */
export async function getTermsAgreement(ctx: Ctx): Promise<Agreement> {
  const { memberId } = requireMember(ctx.actor)
  const { rows } = await runStatementAsCaller(ctx, () => selectAgreement(ctx.db, memberId, ctx.now()))
  return toAgreement(rows[0])
}
