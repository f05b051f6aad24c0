import { and, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { OUTBOX_GRACE_MS } from './new-emails.ts'
import { emailOutbox, emailsSent, emailTemplates } from '../../../db/schema/email.ts'
import { newId } from '../../../shared/ids.ts'
import { later } from '../../../shared/later.ts'
import { CLOCK_SKEW_MS } from '../../../shared/retry.ts'
import { heldBy } from './failures.ts'

const leaseIsOver = (now: Date) => and(eq(emailOutbox.status, 'sending'), lt(emailOutbox.leaseUntil, now))

/** Claims due rows for a sweep and postpones their next sweep, so that a parallel sweep finds others. */
export function claimDueOutboxRows(db: Db, now: Date, limit: number) {
  const due = db
    .select({ id: emailOutbox.id })
    .from(emailOutbox)
    .where(and(lte(emailOutbox.nextSweepAt, now), or(eq(emailOutbox.status, 'pending'), leaseIsOver(now))))
    .orderBy(emailOutbox.nextSweepAt)
    .limit(limit)
    .for('update', { skipLocked: true })
  return db
    .update(emailOutbox)
    .set({ nextSweepAt: later(now, OUTBOX_GRACE_MS) })
    .where(inArray(emailOutbox.id, due))
    .returning({ id: emailOutbox.id, requestId: emailOutbox.requestId })
}

export type OutboxRow = typeof emailOutbox.$inferSelect

type Lease = { leaseId: string; now: Date; leaseMs: number }

/**
 * Claims the row for an attempt, if it is pending and due, or if its last attempt ended before it called the transport.
 * The same lease may claim it again, so that a lost answer does not lose the claim; it counts as one attempt.
 */
export const claimOutboxRow = (db: Db, outboxId: string, { leaseId, now, leaseMs }: Lease) =>
  db
    .update(emailOutbox)
    .set({
      status: 'sending',
      attempts: sql`${emailOutbox.attempts} + (${emailOutbox.leaseId} IS DISTINCT FROM ${leaseId}::uuid)::integer`,
      leaseId,
      leaseUntil: later(now, leaseMs),
      handedOverAt: null,
      nextSweepAt: later(now, leaseMs),
    })
    .where(
      and(
        eq(emailOutbox.id, outboxId),
        or(
          and(
            eq(emailOutbox.status, 'pending'),
            lte(emailOutbox.nextSweepAt, later(now, OUTBOX_GRACE_MS + CLOCK_SKEW_MS)),
          ),
          and(leaseIsOver(now), isNull(emailOutbox.handedOverAt)),
          and(heldBy(outboxId, leaseId), isNull(emailOutbox.handedOverAt)),
        ),
      ),
    )
    .returning()

/** The active template of an outbox row. */
export const selectTemplateOf = (db: Db, outboxId: string) =>
  db
    .select()
    .from(emailTemplates)
    .where(
      and(
        eq(emailTemplates.status, 'active'),
        eq(
          emailTemplates.emCd,
          db.select({ emCd: emailOutbox.emCd }).from(emailOutbox).where(eq(emailOutbox.id, outboxId)),
        ),
      ),
    )

/** Marks that the transport is about to be called, so the email may go out. No row when another attempt has taken over. */
export const markHandedOver = (db: Db, outboxId: string, leaseId: string, now: Date) =>
  db.update(emailOutbox).set({ handedOverAt: now }).where(heldBy(outboxId, leaseId)).returning({ id: emailOutbox.id })

/** Releases the row for another attempt at `dueAt`, which the sweep leaves to the queue for the grace. */
export const releaseOutboxRow = (db: Db, outboxId: string, leaseId: string, dueAt: Date, lastError: string) =>
  db
    .update(emailOutbox)
    .set({
      status: 'pending',
      leaseId: null,
      leaseUntil: null,
      handedOverAt: null,
      nextSweepAt: later(dueAt, OUTBOX_GRACE_MS),
      lastError,
    })
    .where(heldBy(outboxId, leaseId))

type AcceptedEmail = {
  outboxId: string
  orderId: string | null
  emCd: string
  toAddress: string
  messageId: string
  transport: string
  sentAt: Date
}

export const insertEmailSent = (db: Db, accepted: AcceptedEmail) =>
  db
    .insert(emailsSent)
    .values({ id: newId(), ...accepted })
    .onConflictDoNothing({ target: emailsSent.outboxId })

const withoutLinks = sql`jsonb_strip_nulls(jsonb_build_object(
  'mb_cd', ${emailOutbox.variables}->'mb_cd', 'checkout_id', ${emailOutbox.variables}->'checkout_id'))`

/** Marks an accepted email as sent, even if its outcome was recorded as unknown meanwhile. */
export const markSent = (db: Db, outboxId: string, leaseId: string, sentAt: Date) =>
  db
    .update(emailOutbox)
    // Links in the variables contain valid tokens; the rest is kept, since it says whom or what the email was about.
    .set({ status: 'sent', sentAt, leaseUntil: null, lastError: null, variables: withoutLinks })
    .where(and(eq(emailOutbox.id, outboxId), eq(emailOutbox.leaseId, leaseId)))

export const selectOutboxStatus = (db: Db, outboxId: string) =>
  db
    .select({ status: emailOutbox.status, leaseUntil: emailOutbox.leaseUntil, lastError: emailOutbox.lastError })
    .from(emailOutbox)
    .where(eq(emailOutbox.id, outboxId))
