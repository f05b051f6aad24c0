import type { Ctx } from '../context.ts'
import type { events } from '../db/schema/events.ts'
import type { Statement } from '../db/transaction.ts'

/** A row of the table `events`. */
export type StoredEvent = typeof events.$inferSelect

/**
 * What a consumer does with an event. Its statements are committed together with the mark that the event is dispatched, so
 * they take effect once; still, running them twice must be safe. It throws if another attempt may succeed.
 */
export type Consumer = (ctx: Ctx, event: StoredEvent) => Promise<{ statements: Statement[]; afterCommit: () => void }>
