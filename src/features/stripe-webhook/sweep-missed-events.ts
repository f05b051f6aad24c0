import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { AppError, isAppError } from '../../shared/errors.ts'
import { isRefused } from '../../payments/errors.ts'
import type { PaymentEventKind } from '../../payments/event.ts'
import { failEvent } from './fail-event.ts'
import { handleEvent } from './handle-event.ts'
import { claimTurn, endTurn, selectHandledEvents } from './queries.ts'
import { type VerifiedEvent, withRecord } from './verify-event.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const EVERY_MS = HOUR
const RETRY_AFTER_MS = 5 * MINUTE
/** How far a turn overlaps the previous one, since events appear late in Stripe's list; new ones are still being delivered. */
const OVERLAP_MS = 10 * MINUTE
/** How far the first turn looks back: as long as Stripe tries to deliver an event. */
const FIRST_MS = 3 * DAY
/** How long Stripe keeps events. */
const KEPT_MS = 30 * DAY

/** Events that no other sweep makes up for, and completed sessions, which may have been paid while no checkout was open. */
const KINDS: PaymentEventKind[] = [
  'session-completed',
  'session-payment-succeeded',
  'refund-changed',
  'dispute-changed',
]

type Limits = { pages: number; budgetMs: number }

/**
 * Once an hour, lists Stripe's events about money and handles those that never came, oldest first. After a failure of
 * Stripe or the database the next turn is due in five minutes, after one that was cut short with the next tick.
 * Bounded; safe to run twice at once. Throws `stripe-api-error`, `database-unavailable`.
 */
export async function sweepMissedEvents(
  ctx: Ctx,
  { pages = 20, budgetMs = 45_000 }: Partial<Limits> = {},
): Promise<void> {
  requireJob(ctx.actor)
  const now = ctx.now()
  const endsAt = Date.now() + budgetMs
  const before = (ms: number) => new Date(now.getTime() - ms)
  const after = (ms: number) => new Date(now.getTime() + ms)
  const turn = { now, again: after(RETRY_AFTER_MS), from: before(FIRST_MS) }
  const { rows } = await runStatement(() => claimTurn(ctx.db, turn))
  const [claimed] = rows
  if (claimed === undefined) return
  const since = new Date(Math.max(Date.parse(claimed.done_until), now.getTime() - KEPT_MS))
  const listed = await ctx.payments.listOldestEvents({ kinds: KINDS, since, until: now, pages })
  // The webhook keeps the digest of what came; of what never came there is none.
  const events = listed.events.map((event) => withRecord(event, ''))
  const { left, failed } = await handleUntil(ctx, await withoutHandled(ctx, events), endsAt)
  // Where the next turn continues: at the first event that failed, that there was no time for, or that the list omitted.
  const continueFrom = failed?.record.createdAt ?? left?.record.createdAt ?? listed.restFrom
  const overlapped = before(OVERLAP_MS)
  const doneUntil = continueFrom !== undefined && continueFrom < overlapped ? continueFrom : overlapped
  const isCutShort = left !== undefined || listed.restFrom !== undefined
  if (isCutShort) ctx.log.warn('sweep-cut-short', { sweep: 'missed-events', items: listed.events.length })
  const nextAt = failed !== undefined ? turn.again : isCutShort ? now : after(EVERY_MS)
  await runStatement(() => endTurn(ctx.db, { doneUntil, nextAt }))
}

async function withoutHandled(ctx: Ctx, events: VerifiedEvent[]): Promise<VerifiedEvent[]> {
  if (events.length === 0) return []
  const ids = events.map(({ record }) => record.id)
  const { rows } = await runStatement(() => selectHandledEvents(ctx.db, ids))
  const handled = new Set(rows.map(({ id }) => id))
  return events.filter(({ record }) => !handled.has(record.id))
}

/**
 * Handles events until the time is up, at least one, so that every turn makes progress. Answers the first event that there
 * was no time for, and the first that failed because of Stripe, which does not stop the others.
 */
async function handleUntil(
  ctx: Ctx,
  events: VerifiedEvent[],
  endsAt: number,
): Promise<{ left?: VerifiedEvent; failed?: VerifiedEvent }> {
  let failed: VerifiedEvent | undefined
  for (const [at, event] of events.entries()) {
    if (at > 0 && Date.now() > endsAt) return { left: event, ...(failed && { failed }) }
    if (!(await handleMissedEvent(ctx, event))) failed ??= event
  }
  return failed ? { failed } : {}
}

/**
 * Handles an event that never came, and answers whether it is done. An event that cannot take effect counts as done once
 * its failure is recorded and alerted, since nobody sends it again.
 */
async function handleMissedEvent(ctx: Ctx, event: VerifiedEvent): Promise<boolean> {
  try {
    await handleEvent(ctx, event)
  } catch (error) {
    if (isAppError(error, 'database-unavailable')) throw error
    if (isAppError(error, 'stripe-api-error') && !isRefused(error)) return false
    await failEvent(ctx, event.record, error instanceof AppError ? error.code : 'internal-error')
  }
  return true
}
