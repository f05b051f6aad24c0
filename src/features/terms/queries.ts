import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

type TermsRow = { version: string; body: string; effective_at: string }

/** A scalar query: the version of these terms that holds at the moment, null as long as there is none. */
export const currentTermsVersion = (kind: 'sale' | 'use', now: Date): SQL => sql`(
  SELECT terms.version FROM terms_versions terms
  WHERE terms.kind = ${kind} AND terms.effective_at <= ${now.toISOString()}::timestamptz
  ORDER BY terms.effective_at DESC LIMIT 1)`

/** The terms that hold at the moment; no row as long as there are none. */
export const selectCurrentTerms = (db: Db, kind: 'sale' | 'use', now: Date) =>
  db.execute<TermsRow>(sql`
    SELECT version, body, to_json(effective_at) AS effective_at FROM terms_versions
    WHERE kind = ${kind} AND version = ${currentTermsVersion(kind, now)}`)

/** The version of the terms of use that holds, and when this member agreed to it, if so. */
export const selectAgreement = (db: Db, memberId: string, now: Date) =>
  db.execute<{ version: string | null; agreed_at: string | null }>(sql`
    SELECT current.version, to_json(g.agreed_at) AS agreed_at
    FROM (SELECT ${currentTermsVersion('use', now)} AS version) current
    LEFT JOIN terms_agreements g ON g.member_id = ${memberId} AND g.version = current.version`)

/**
 * Records that a member agrees to the current terms of use, for one batch; the last statement answers as
 * `selectAgreement` does. The first agreement to a version is the one that counts. Raises `terms_version_current`.
 */
export const agreeStatements = (db: Db, memberId: string, version: string, now: Date) =>
  [
    db.execute(sql`
      SELECT assert_that(${version}::text IS NOT DISTINCT FROM ${currentTermsVersion('use', now)}, 'terms_version_current')`),
    db.execute(sql`
      INSERT INTO terms_agreements (member_id, version, agreed_at) VALUES (${memberId}, ${version}, ${now.toISOString()})
      ON CONFLICT (member_id, version) DO NOTHING`),
    selectAgreement(db, memberId, now),
  ] as const
