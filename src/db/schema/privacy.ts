import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from './columns.ts'

/** Requests of guests for the export or erasure of the data under their address; the link was emailed there. */
export const privacyRequests = pgTable(
  'privacy_requests',
  {
    id: id(),
    /** Null once an erasure is done. */
    email: text(),
    kind: text({ enum: ['export', 'erasure'] }).notNull(),
    tokenHash: text().notNull(),
    createdAt: createdAt(),
    expiresAt: moment().notNull(),
    /** When the link was used; it is valid for one use. */
    confirmedAt: moment(),
    /** The HTTP request that used it, so that its own repetition does not count as a second use. */
    confirmationId: uuid(),
    doneAt: moment(),
    attempts: integer().notNull().default(0),
    nextAttemptAt: moment(),
    lastError: text(),
  },
  (t) => [
    unique('privacy_requests_token_unique').on(t.tokenHash),
    check('privacy_request_kind_known', sql`${t.kind} IN ('export', 'erasure')`),
    index('privacy_requests_due')
      .on(t.nextAttemptAt)
      .where(sql`confirmed_at IS NOT NULL AND done_at IS NULL`),
    index('privacy_requests_by_expiry').on(t.expiresAt),
  ],
)
