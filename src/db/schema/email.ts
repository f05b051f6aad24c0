import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { listOf } from '../status-list.ts'
import { canonicalOf } from '../canonical.ts'
import { createdAt, id, moment } from './columns.ts'
import { orders } from './orders.ts'

/** Statuses of an email whose outcome is open. */
export const UNSENT = ['pending', 'sending'] as const

/** Statuses that are final unless an operator acts. */
export const ENDED = ['sent', 'failed'] as const

const emailStatuses = [...UNSENT, ...ENDED] as const

export const emailTemplates = pgTable(
  'email_templates',
  {
    emCd: text().primaryKey(),
    name: text().notNull(),
    audience: text({ enum: ['member', 'prospect', 'operator'] }).notNull(),
    status: text({ enum: ['draft', 'active', 'archived'] })
      .notNull()
      .default('active'),
    subject: text().notNull(),
    textBody: text().notNull(),
    htmlBody: text().notNull(),
    /** Null for the sender of the shop's settings. */
    fromAddress: text(),
    bccAddress: text(),
    updatedAt: createdAt(),
  },
  (t) => [
    check('email_template_audience_known', sql`${t.audience} IN ('member', 'prospect', 'operator')`),
    check('email_template_status_known', sql`${t.status} IN ('draft', 'active', 'archived')`),
  ],
)

/** Emails to send, each written in the transaction of its cause; the queue carries only the id. */
export const emailOutbox = pgTable(
  'email_outbox',
  {
    id: id(),
    emCd: text().notNull(),
    orderId: uuid().references(() => orders.id, { onDelete: 'cascade' }),
    toAddress: text().notNull(),
    /** Template variables that do not come from the order. */
    variables: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    requestId: text(),
    status: text({ enum: emailStatuses }).notNull().default('pending'),
    attempts: integer().notNull().default(0),
    /** The attempt that has claimed the row; only it may write the outcome. */
    leaseId: uuid(),
    leaseUntil: moment(),
    /** Written right before the transport is called; from then on, the email may have been sent. */
    handedOverAt: moment(),
    /** When the sweep sends an unsent row to the queue: a grace after it is due. */
    nextSweepAt: moment().notNull(),
    lastError: text(),
    createdAt: createdAt(),
    sentAt: moment(),
  },
  (t) => [
    check('email_outbox_status_known', sql`${t.status} IN ${listOf(emailStatuses)}`),
    index('email_outbox_to_sweep')
      .on(t.nextSweepAt)
      .where(sql`status IN ${listOf(UNSENT)}`),
    index('email_outbox_by_order').on(t.orderId),
    // For exports and deletions: emails about no order, by address. Orders' emails are not in the index.
    index('email_outbox_notices_by_address')
      .on(canonicalOf(t.toAddress))
      .where(sql`order_id IS NULL`),
    index('email_outbox_notices_by_age')
      .on(t.createdAt)
      .where(sql`order_id IS NULL`),
    index('email_outbox_notices_by_member')
      .on(sql`(${t.variables}->>'mb_cd')`)
      .where(sql`order_id IS NULL`),
    index('email_outbox_notices_by_checkout')
      .on(sql`(${t.variables}->>'checkout_id')`)
      .where(sql`order_id IS NULL AND variables->>'checkout_id' IS NOT NULL`),
  ],
)

export const emailsSent = pgTable(
  'emails_sent',
  {
    id: id(),
    outboxId: uuid()
      .notNull()
      .references(() => emailOutbox.id, { onDelete: 'cascade' }),
    orderId: uuid().references(() => orders.id, { onDelete: 'cascade' }),
    emCd: text().notNull(),
    toAddress: text().notNull(),
    messageId: text().notNull(),
    transport: text().notNull(),
    sentAt: createdAt(),
  },
  (t) => [unique('email_sent_once_per_outbox_row').on(t.outboxId), index('emails_sent_by_order').on(t.orderId)],
)

export const emailFailureTypes = [
  'template_lookup',
  'formatting',
  'smtp',
  'emailsent_logging',
  'cart_deletion',
] as const

export const orderEmailFailures = pgTable(
  'order_email_failures',
  {
    id: id(),
    orderId: uuid()
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    type: text({ enum: emailFailureTypes }).notNull(),
    phase: integer().notNull(),
    message: text().notNull(),
    customerEmail: text().notNull(),
    isMember: boolean().notNull(),
    createdAt: createdAt(),
    resolvedAt: moment(),
    resolvedBy: text(),
    notes: text().notNull().default(''),
  },
  (t) => [
    index('order_email_failures_by_order').on(t.orderId),
    /** A repeated failure updates the unresolved row instead of adding one. */
    uniqueIndex('email_failure_one_unresolved_per_type')
      .on(t.orderId, t.type)
      .where(sql`resolved_at IS NULL`),
    index('order_email_failures_resolved')
      .on(t.resolvedAt)
      .where(sql`resolved_at IS NOT NULL`),
    index('order_email_failures_unresolved')
      .on(t.createdAt)
      .where(sql`resolved_at IS NULL`),
    check('email_failure_type_known', sql`${t.type} IN ${listOf(emailFailureTypes)}`),
  ],
)
