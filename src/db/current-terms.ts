import { type SQL, sql } from 'drizzle-orm'

/** A scalar query: the version of these terms that holds at the moment, null as long as there is none. */
export const currentTermsVersion = (kind: 'sale' | 'use', now: Date): SQL => sql`(
  SELECT terms.version FROM terms_versions terms
  WHERE terms.kind = ${kind} AND terms.effective_at <= ${now.toISOString()}::timestamptz
  ORDER BY terms.effective_at DESC LIMIT 1)`
