import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

type TermsRow = { version: string; body: string; effective_at: string }

/** A scalar query: the version of these terms that is in force at `now`, null when there is none. */
export const currentTermsVersion = (kind: 'sale' | 'use', now: Date): SQL => sql`(
  SELECT terms.version FROM terms_versions terms
  WHERE terms.kind = ${kind} AND terms.effective_at <= ${now.toISOString()}::timestamptz
  ORDER BY terms.effective_at DESC LIMIT 1)`

/** The terms that are in force at `now`; no row when there are none. */
export const selectCurrentTerms = (db: Db, kind: 'sale' | 'use', now: Date) =>
  db.execute<TermsRow>(sql`
    SELECT version, body, to_json(effective_at) AS effective_at FROM terms_versions
    WHERE kind = ${kind} AND version = ${currentTermsVersion(kind, now)}`)

/** The current version of the terms of use, and when this member agreed to it, if they did. */
export const selectAgreement = (db: Db, memberId: string, now: Date) =>
  db.execute<{ version: string | null; agreed_at: string | null }>(sql`
    SELECT current.version, to_json(g.agreed_at) AS agreed_at
    FROM (SELECT ${currentTermsVersion('use', now)} AS version) current
    LEFT JOIN terms_agreements g ON g.member_id = ${memberId} AND g.version = current.version`)

/**
 * The statements that record a member's agreement to the current terms of use; the last one answers as `selectAgreement`
 * does. Agreeing again keeps the moment of the first time. Raises `terms_version_current`.
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
