import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { AppError } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import { continueErasure } from './continue-erasure.ts'
import { type GuestData, selectGuestData } from './queries/guest.ts'
import { confirmRequest } from './queries/requests.ts'

export type GuestExport = { exported_at: string; email: string; data: GuestData }

/** What was asked for: all that is known, or whether all of it is erased by now. */
export type PrivacyOutcome = { kind: 'export'; file: GuestExport } | { kind: 'erasure'; done: boolean }

/**
 * Does what the emailed link is for, once: answers everything about the address, or erases it as far as it goes now; the
 * sweep does the rest. Throws `invalid-token`.
 */
export async function confirmPrivacyRequest(ctx: Ctx, { token }: { token: string }): Promise<PrivacyOutcome> {
  const tokenHash = await sha256Hex(token)
  const now = ctx.now()
  const confirmationId = newId()
  const { rows } = await runStatement(() => confirmRequest(ctx.db, tokenHash, confirmationId, now))
  const request = rows[0]
  if (request === undefined) throw new AppError('invalid-token', 'This link was used or is too old: ask for another.')
  ctx.log.info('privacy-request-confirmed', { kind: request.kind, privacy_request_id: request.id })
  if (request.kind === 'erasure') return { kind: 'erasure', done: await continueErasure(ctx, request) }
  const { email } = request
  const answer = await runStatement(() => selectGuestData(ctx.db, email))
  const data = answer.rows[0]?.data
  if (data === undefined) throw new Error('an export has one row')
  return { kind: 'export', file: { exported_at: now.toISOString(), email, data } }
}
