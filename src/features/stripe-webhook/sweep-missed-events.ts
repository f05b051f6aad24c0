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
/** Events show late in the list, and what has just happened Stripe is still delivering. */
const OVERLAP_MS = 10 * MINUTE
/** How far the first turn looks back: as long as Stripe tries to deliver. */
const FIRST_MS = 3 * DAY
/** Stripe keeps events no longer. */
const KEPT_MS = 30 * DAY

/** What nobody asks Stripe after otherwise, and what was paid while no checkout of ours was open. */
const KINDS: PaymentEventKind[] = [
  'session-completed',
  'session-payment-succeeded',
  'refund-changed',
  'dispute-changed',
]

type Limits = { pages: number; budgetMs: number }

/**
 * Once an hour, asks Stripe for the events about money and lets those that never came take effect, the oldest first.
 * A turn in which Stripe or the database failed is due again in five minutes, one that is cut short with the next tick.
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
  // The first event, in seconds, that is still to be done: what Stripe failed on, what there was no time for, or the
  // later part of a long list.
  const goOnAt = failed?.record.createdAt ?? left?.record.createdAt ?? listed.restFrom
  const overlapped = before(OVERLAP_MS)
  const doneUntil = goOnAt !== undefined && goOnAt < overlapped ? goOnAt : overlapped
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
 * Answers the first event that there was no time for (one is always done, so that every turn gets further), and the first
 * that Stripe failed on: the others are not held up by it.
 */
async function handleUntil(
  ctx: Ctx,
  events: VerifiedEvent[],
  endsAt: number,
): Promise<{ left?: VerifiedEvent; failed?: VerifiedEvent }> {
  let failed: VerifiedEvent | undefined
  for (const [at, event] of events.entries()) {
    if (at > 0 && Date.now() > endsAt) return { left: event, ...(failed && { failed }) }
    if (!(await handleMissed(ctx, event))) failed ??= event
  }
  return failed ? { failed } : {}
}

/**
 * Whether nothing is left to be done about an event. One that cannot take effect is passed over once that stands recorded
 * and an operator is told: nobody sends it again.
 */
async function handleMissed(ctx: Ctx, event: VerifiedEvent): Promise<boolean> {
  try {
    await handleEvent(ctx, event)
  } catch (error) {
    if (isAppError(error, 'database-unavailable')) throw error
    if (isAppError(error, 'stripe-api-error') && !isRefused(error)) return false
    await failEvent(ctx, event.record, error instanceof AppError ? error.code : 'internal-error')
  }
  return true
}
