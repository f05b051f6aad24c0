import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { OUTBOX_GRACE_MS } from '../../email/queries/new-emails.ts'
import type { EmailVariables } from '../../email/templates/variables.ts'
import { REQUEST_GRACE_MS } from '../rules.ts'
import { isKnownGuest, isOwnedByMember } from './guest.ts'
import { nextAttemptAt } from './next-attempt.ts'

export type PrivacyRequestKind = 'export' | 'erasure'

type NewRequest = {
  id: string
  outboxId: string
  kind: PrivacyRequestKind
  email: string
  tokenHash: string
  confirmUrl: string
  accountUrl: string
  expiresAt: Date
  requestId: string
  now: Date
}

/**
 * Writes what a request for an address needs: for a guest, the request and an email with its link; for the owner of an
 * account, an email that says to sign in; for an unknown address, nothing. Answers a row when an email is due. Running it
 * again changes nothing.
 */
export function insertPrivacyRequest(db: Db, request: NewRequest) {
  const now = request.now.toISOString()
  const sweepAt = new Date(request.now.getTime() + OUTBOX_GRACE_MS).toISOString()
  const guest: EmailVariables<'privacy_request'> = { kind: request.kind, confirm_url: request.confirmUrl }
  const member: EmailVariables<'privacy_request_member'> = { account_url: request.accountUrl }
  return db.execute<{ id: string }>(sql`
    WITH known AS MATERIALIZED (
      SELECT ${isOwnedByMember(request.email)} AS has_account, ${isKnownGuest(request.email)} AS is_guest
    ), request AS (
      INSERT INTO privacy_requests (id, email, kind, token_hash, created_at, expires_at)
      SELECT ${request.id}::uuid, ${request.email}, ${request.kind}, ${request.tokenHash}, ${now}::timestamptz,
        ${request.expiresAt.toISOString()}::timestamptz
      FROM known WHERE is_guest AND NOT has_account ON CONFLICT (id) DO NOTHING
    )
    INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
    SELECT ${request.outboxId}::uuid, CASE WHEN has_account THEN 'privacy_request_member' ELSE 'privacy_request' END,
      ${request.email}, CASE WHEN has_account THEN ${JSON.stringify(member)}::jsonb ELSE ${JSON.stringify(guest)}::jsonb END,
      ${request.requestId}, ${sweepAt}::timestamptz, ${now}::timestamptz
    FROM known WHERE is_guest OR has_account ON CONFLICT (id) DO NOTHING
    RETURNING id`)
}

/** Uses a link up; no row when it is unknown, used or too old. Running it again with the same id answers the same. */
export const confirmRequest = (db: Db, tokenHash: string, confirmationId: string, now: Date) =>
  db.execute<{ id: string; kind: PrivacyRequestKind; email: string }>(sql`
    UPDATE privacy_requests SET confirmed_at = ${now.toISOString()}, confirmation_id = ${confirmationId},
      done_at = CASE WHEN kind = 'export' THEN ${now.toISOString()}::timestamptz END,
      next_attempt_at = ${new Date(now.getTime() + REQUEST_GRACE_MS).toISOString()}
    WHERE token_hash = ${tokenHash} AND expires_at > ${now.toISOString()} AND email IS NOT NULL
      AND (confirmed_at IS NULL OR confirmation_id = ${confirmationId})
    RETURNING id, kind, email`)

/** Claims erasures that are due and postpones their next attempt, so that two sweeps never work on the same one. */
export const claimDueErasures = (db: Db, now: Date, limit: number) =>
  db.execute<{ id: string; email: string }>(sql`
    UPDATE privacy_requests SET attempts = attempts + 1,
      next_attempt_at = ${nextAttemptAt(now)}
    WHERE id IN (
      SELECT id FROM privacy_requests
      WHERE confirmed_at IS NOT NULL AND done_at IS NULL AND next_attempt_at <= ${now.toISOString()}
      ORDER BY next_attempt_at LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING id, email`)

/** Stores why an erasure is not finished. */
export const recordErasureFailure = (db: Db, id: string, lastError: string) =>
  db.execute(sql`UPDATE privacy_requests SET last_error = ${lastError} WHERE id = ${id} AND done_at IS NULL`)
