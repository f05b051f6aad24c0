import { sql } from 'drizzle-orm'
import { check, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from './columns.ts'
import { orders } from './orders.ts'

/** One row an event: what came and what became of it. The payload itself is never kept, only its digest. */
export const webhookEvents = pgTable(
  'webhook_events',
  {
    /** Stripe's event id. */
    id: text().primaryKey(),
    type: text().notNull(),
    /** The Stripe object the event is about, such as a Checkout Session. */
    objectId: text(),
    outcome: text({ enum: ['processed', 'ignored', 'failed'] }).notNull(),
    errorCode: text(),
    payloadHash: text().notNull(),
    orderId: uuid().references(() => orders.id, { onDelete: 'set null' }),
    createdAt: moment().notNull(),
    receivedAt: createdAt(),
  },
  (t) => [
    check('webhook_event_outcome_known', sql`${t.outcome} IN ('processed', 'ignored', 'failed')`),
    index('webhook_events_by_object').on(t.objectId),
    index('webhook_events_by_order').on(t.orderId),
    index('webhook_events_by_age').on(t.receivedAt),
    index('webhook_events_failed')
      .on(t.receivedAt)
      .where(sql`outcome = 'failed'`),
  ],
)

export const termsVersions = pgTable(
  'terms_versions',
  {
    id: id(),
    kind: text({ enum: ['sale', 'use'] }).notNull(),
    version: text().notNull(),
    body: text().notNull(),
    effectiveAt: moment().notNull(),
  },
  (t) => [
    unique('terms_version_once').on(t.kind, t.version),
    index('terms_versions_current').on(t.kind, t.effectiveAt),
    check('terms_kind_known', sql`${t.kind} IN ('sale', 'use')`),
  ],
)

/** Keys of requests that took effect; written in the same batch as the effect, kept for a day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** Whose key it is and for which operation, so that two callers never collide. */
    scope: text().notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ name: 'request_once_per_idempotency_key', columns: [t.scope, t.key] }),
    index('idempotency_keys_by_age').on(t.createdAt),
  ],
)

/** How far a sweep that asks others has come, and when it is due again; one row for each such sweep. */
export const sweepProgress = pgTable('sweep_progress', {
  sweep: text().primaryKey(),
  doneUntil: moment().notNull(),
  nextAt: moment().notNull(),
})
