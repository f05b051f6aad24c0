import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from './columns.ts'

/**
 * Events, each written in the transaction of its cause. `src/events/catalogue.ts` has their types; they hold no personal
 * data.
 */
export const events = pgTable(
  'events',
  {
    id: id(),
    type: text().notNull(),
    version: integer().notNull(),
    subjectKind: text().notNull(),
    subjectId: text().notNull(),
    data: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** The alert that is emailed to the operators for it. */
    alertId: uuid(),
    requestId: text(),
    occurredAt: createdAt(),
    /**
     * The names of its consumers when it was written, so that a Worker which lacks one of them does not dispatch it. Null if
     * the previous Worker wrote it: then the catalogue says.
     */
    consumers: text().array(),
    attempts: integer().notNull().default(0),
    /** The attempt that has claimed the row; only it may write the outcome. */
    leaseId: uuid(),
    leaseUntil: moment(),
    /** When the sweep sends the event to the queue. Null without consumers, and once it is dispatched or given up. */
    nextSweepAt: moment(),
    dispatchedAt: moment(),
    givenUpAt: moment(),
    lastError: text(),
  },
  (t) => [
    check('event_ends_once', sql`num_nonnulls(${t.nextSweepAt}, ${t.dispatchedAt}, ${t.givenUpAt}) <= 1`),
    index('events_to_sweep')
      .on(t.nextSweepAt)
      .where(sql`next_sweep_at IS NOT NULL`),
    index('events_by_subject').on(t.subjectId),
    index('events_by_age').on(t.occurredAt),
    index('events_given_up')
      .on(t.givenUpAt)
      .where(sql`given_up_at IS NOT NULL`),
  ],
)

/** What needs an operator: one open row for each subject and code, however often it is raised. */
export const operatorAlerts = pgTable(
  'operator_alerts',
  {
    id: id(),
    code: text().notNull(),
    subjectKind: text().notNull(),
    subjectId: text().notNull(),
    /** Further details for the email to the operators. */
    details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** The request that raised it last. */
    requestId: text(),
    firstRaisedAt: createdAt(),
    lastRaisedAt: createdAt(),
    raisedCount: integer().notNull().default(1),
    toldAt: createdAt(),
    resolvedAt: moment(),
    resolvedBy: text(),
    notes: text().notNull().default(''),
  },
  (t) => [
    uniqueIndex('operator_alert_one_open_per_subject')
      .on(t.code, t.subjectKind, t.subjectId)
      .where(sql`resolved_at IS NULL`),
    index('operator_alerts_resolved')
      .on(t.resolvedAt)
      .where(sql`resolved_at IS NOT NULL`),
    index('operator_alerts_by_subject').on(t.subjectId),
  ],
)
