import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { AppError } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import { continueErasure } from './continue-erasure.ts'
import { type GuestData, selectGuestData } from './queries/guest.ts'
import { confirmRequest } from './queries/requests.ts'

export type GuestExport = { exported_at: string; email: string; data: GuestData }

/** The outcome of a request: the data, or whether all of it is erased already. */
export type PrivacyOutcome = { kind: 'export'; file: GuestExport } | { kind: 'erasure'; done: boolean }

/**
 * Does what the emailed link is for, once: answers everything about the address, or erases as much of it as can be erased
 * now and leaves the rest to the sweep. Throws `invalid-token`.
 */
export async function confirmPrivacyRequest(ctx: Ctx, { token }: { token: string }): Promise<PrivacyOutcome> {
  const tokenHash = await sha256Hex(token)
  const now = ctx.now()
  const confirmationId = newId()
  const { rows } = await runStatement(() => confirmRequest(ctx.db, tokenHash, confirmationId, now))
  const request = rows[0]
  if (request === undefined)
    throw new AppError('invalid-token', 'This link has been used or is too old. Ask for another.')
  ctx.log.info('privacy-request-confirmed', { kind: request.kind, privacy_request_id: request.id })
  if (request.kind === 'erasure') return { kind: 'erasure', done: await continueErasure(ctx, request) }
  const { email } = request
  const answer = await runStatement(() => selectGuestData(ctx.db, email))
  const data = answer.rows[0]?.data
  if (data === undefined) throw new Error('an export has one row')
  return { kind: 'export', file: { exported_at: now.toISOString(), email, data } }
}
