import { createContext, type Ctx } from './context.ts'
import type { RawEnv } from './env.ts'
import { clearForgottenCarts, placeMissedOrders, sweepCheckouts } from './features/checkout/sweep-checkouts.ts'
import { sweepOutbox } from './features/email/sweep-outbox.ts'
import { sweepAlertEmails } from './features/event-dispatch/sweep-alert-emails.ts'
import { sweepEvents } from './features/event-dispatch/sweep-events.ts'
import { watchReadiness } from './features/operations/watch-readiness.ts'
import { sweepErasures } from './features/privacy/continue-erasure.ts'
import { forgetExpired } from './features/privacy/forget-expired.ts'
import { sweepDeletions } from './features/privacy/sweep-deletions.ts'
import { sweepMissedEvents } from './features/stripe-webhook/sweep-missed-events.ts'
import { newId } from './shared/ids.ts'

/**
 * The sweeps of every tick. Each is bounded and safe to run twice at once, and runs although another has failed. Those
 * that ask Stripe come last, since a tick can be cut off while Stripe hangs; orders are placed before anything is released.
 */
const SWEEPS: Record<string, (ctx: Ctx) => Promise<unknown>> = {
  alerts: sweepAlertEmails,
  outbox: sweepOutbox,
  events: sweepEvents,
  carts: clearForgottenCarts,
  retention: forgetExpired,
  erasures: sweepErasures,
  readiness: watchReadiness,
  'missed-orders': placeMissedOrders,
  checkouts: sweepCheckouts,
  deletions: sweepDeletions,
  'missed-events': sweepMissedEvents,
}

export async function handleScheduled(
  event: ScheduledController,
  env: RawEnv,
  runtime: ExecutionContext,
): Promise<void> {
  const ctx = createContext(env, runtime, { requestId: newId(), handler: 'cron', actor: { kind: 'job', name: 'cron' } })
  for (const [name, sweep] of Object.entries(SWEEPS)) {
    try {
      await sweep({ ...ctx, actor: { kind: 'job', name } })
    } catch (error) {
      ctx.log.error('sweep-failed', { sweep: name, cron: event.cron, error })
    }
  }
}
