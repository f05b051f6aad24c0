import { eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { members } from '../../../db/schema/people.ts'
import { currentTermsVersion } from '../../terms/queries.ts'

export type AddressRow = {
  name: string
  phone: string | null
  line1: string
  line2: string | null
  city: string
  state: string | null
  postal_code: string
  country: string
}

export type AccountRow = {
  id: string
  username: string
  email: string
  email_verified: boolean
  email_owned: boolean
  pending_email: string | null
  first_name: string
  last_name: string
  member_code: string
  newsletter: boolean
  unsubscribed: boolean
  use_default_shipping_and_payment: boolean
  default_address: AddressRow | null
  terms_of_use: { current_version: string | null; agreed_version: string | null; agreed: boolean }
  created_at: string
}

/** One row with everything that the account shows. The ETag is a hash of its text, so every change of it shows. */
const accountOf = (memberId: string, now: Date): SQL => sql`
  SELECT json_build_object(
    'id', m.id, 'username', m.username, 'email', m.email, 'email_verified', m.email_verified_at IS NOT NULL,
    'email_owned', m.email_owned_at IS NOT NULL, 'pending_email', m.pending_email,
    'first_name', m.first_name, 'last_name', m.last_name, 'member_code', m.mb_cd, 'newsletter', m.newsletter,
    'unsubscribed', m.unsubscribed_at IS NOT NULL,
    'use_default_shipping_and_payment', m.use_default_shipping_and_payment,
    'default_address', (SELECT json_build_object('name', a.name, 'phone', a.phone, 'line1', a.line1, 'line2', a.line2,
        'city', a.city, 'state', a.state, 'postal_code', a.postal_code, 'country', a.country)
      FROM member_default_addresses a WHERE a.member_id = m.id),
    'terms_of_use', (SELECT json_build_object('current_version', current.version,
        'agreed_version', (SELECT g.version FROM terms_agreements g WHERE g.member_id = m.id
          ORDER BY g.agreed_at DESC, g.version DESC LIMIT 1),
        'agreed', EXISTS (SELECT 1 FROM terms_agreements g
          WHERE g.member_id = m.id AND g.version = current.version))
      FROM (SELECT ${currentTermsVersion('use', now)} AS version) current),
    'created_at', m.created_at) AS account
  FROM members m WHERE m.id = ${memberId}`

/** The member's account and its ETag, without quotes. */
export const selectAccount = (db: Db, memberId: string, now: Date) =>
  db.execute<{ account: AccountRow; etag: string }>(sql`
    SELECT account, md5(account::text) AS etag FROM (${accountOf(memberId, now)}) shown`)

type Change = {
  firstName?: string | undefined
  lastName?: string | undefined
  useDefaultShippingAndPayment?: boolean | undefined
}

/**
 * The statements that change an account; the last one answers as `selectAccount` does. `etags`, unless null, must
 * contain the account's ETag before the change. Raises `account_unchanged`.
 */
export function changeAccountStatements(db: Db, memberId: string, change: Change, etags: string[] | null, now: Date) {
  const isExpected = etags === null ? sql`true` : sql`md5(account::text) IN ${etags}`
  return [
    db.execute(sql`SELECT id FROM members WHERE id = ${memberId} FOR NO KEY UPDATE`),
    db.execute(sql`
      SELECT assert_that(${isExpected}, 'account_unchanged') FROM (${accountOf(memberId, now)}) shown`),
    db
      .update(members)
      .set({ ...change, updatedAt: now })
      .where(eq(members.id, memberId)),
    selectAccount(db, memberId, now),
  ] as const
}

const PREFERENCES = {
  newsletter: members.newsletter,
  unsubscribed_from_all: sql<boolean>`${members.unsubscribedAt} IS NOT NULL`,
}

export const selectPreferences = (db: Db, memberId: string) =>
  db.select(PREFERENCES).from(members).where(eq(members.id, memberId))

type PreferencesChange = { newsletter?: boolean | undefined; unsubscribedFromAll?: boolean | undefined }

/** Changes the given preferences. Unsubscribing again keeps the moment of the first time. */
export const updatePreferences = (
  db: Db,
  memberId: string,
  { newsletter, unsubscribedFromAll }: PreferencesChange,
  now: Date,
) =>
  db
    .update(members)
    .set({
      newsletter,
      unsubscribedAt:
        unsubscribedFromAll === true
          ? sql`coalesce(${members.unsubscribedAt}, ${now.toISOString()}::timestamptz)`
          : unsubscribedFromAll === false
            ? null
            : undefined,
      updatedAt: now,
    })
    .where(eq(members.id, memberId))
    .returning(PREFERENCES)
