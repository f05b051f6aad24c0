import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { jsonArgument } from '../../../db/json-argument.ts'
import { OUTBOX_GRACE_MS } from '../../email/queries/new-emails.ts'
import { type MemberKey, greetingName, isMember, isRemovedAddress } from '../../members/queries.ts'
import type { TokenLink } from '../token-link.ts'

/** An email about an account, and the tokens of its links. */
export type TokenEmail = {
  kind: 'verification' | 'password_reset' | 'password_changed' | 'email_change_requested'
  links: TokenLink[]
  outboxId: string
  requestId: string
  now: Date
}

/** For each kind: its template, which of the member's addresses it goes to, and the condition under which it is due. */
const KINDS: Record<TokenEmail['kind'], { emCd: SQL; recipient: SQL; due: SQL }> = {
  verification: {
    emCd: sql`CASE WHEN pending_email IS NULL THEN 'welcome_verification' ELSE 'email_verification' END`,
    recipient: sql`coalesce(pending_email, email)`,
    due: sql`pending_email IS NOT NULL OR email_owned_at IS NULL`,
  },
  password_reset: { emCd: sql`'password_reset'`, recipient: sql`email`, due: sql`true` },
  password_changed: { emCd: sql`'password_changed'`, recipient: sql`email`, due: sql`true` },
  // Its link hands the account to whoever reads the address, so that must not be a mistyped one, which nobody verified.
  email_change_requested: {
    emCd: sql`'email_change_requested'`,
    recipient: sql`email`,
    due: sql`email_verified_at IS NOT NULL`,
  },
}

/**
 * Writes an email to a member and the tokens of its links. Answers a row when the email is due: a link to verify an
 * address is not while there is none to verify. Running it again changes nothing.
 */
export function insertTokenEmail(db: Db, key: MemberKey, email: TokenEmail) {
  const now = email.now.toISOString()
  const sweepAt = new Date(email.now.getTime() + OUTBOX_GRACE_MS).toISOString()
  const { emCd, recipient, due } = KINDS[email.kind]
  const urls = Object.fromEntries(email.links.map(({ name, url }) => [name, url]))
  return db.execute<{ id: string }>(sql`
    WITH owner AS (
      SELECT id, mb_cd, ${emCd} AS em_cd, ${recipient} AS recipient, ${greetingName} AS name
      FROM members WHERE ${isMember(key)} AND (${due}) AND NOT ${isRemovedAddress(recipient)}
    ), tokens AS (
      INSERT INTO one_time_tokens (id, member_id, purpose, token_hash, email, created_at, expires_at)
      SELECT t.id, owner.id, t.purpose, t.token_hash, owner.recipient, ${now}::timestamptz, t.expires_at
      FROM owner, jsonb_to_recordset(${jsonArgument(email.links.map(({ token }) => token))})
        AS t(id uuid, purpose text, token_hash text, expires_at timestamptz)
      ON CONFLICT (id) DO NOTHING
    )
    INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
    SELECT ${email.outboxId}::uuid, em_cd, recipient,
      ${JSON.stringify(urls)}::jsonb || jsonb_build_object('name', name, 'mb_cd', mb_cd),
      ${email.requestId}, ${sweepAt}::timestamptz, ${now}::timestamptz
    FROM owner ON CONFLICT (id) DO NOTHING
    RETURNING id`)
}
