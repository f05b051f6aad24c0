import { sql } from 'drizzle-orm'
import { check, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from './columns.ts'
import { orders } from './orders.ts'

/** Stripe's events and their outcome. The payload is not stored, only its hash. */
export const webhookEvents = pgTable(
  'webhook_events',
  {
    /** Stripe's event id. */
    id: text().primaryKey(),
    type: text().notNull(),
    /** The Stripe object that the event is about, such as a Checkout Session. */
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

/** Idempotency keys of requests that took effect, each written in the batch of its effect and kept for a day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** The owner of the key and the operation, so that equal keys of two callers do not collide. */
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

/** The progress of sweeps that read events from Stripe, and when each is due again. */
export const sweepProgress = pgTable('sweep_progress', {
  sweep: text().primaryKey(),
  doneUntil: moment().notNull(),
  nextAt: moment().notNull(),
})
