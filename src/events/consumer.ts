import type { Ctx } from '../context.ts'
import type { events } from '../db/schema/events.ts'
import type { Statement } from '../db/transaction.ts'

/** An event as it stands in its table. */
export type StoredEvent = typeof events.$inferSelect

/**
 * What one consumer does about an event. Its statements are committed together with the mark that the event is dispatched, so
 * they take effect once; they must bear being sent twice nevertheless. Throws what another attempt may mend.
 */
export type Consumer = (ctx: Ctx, event: StoredEvent) => Promise<{ statements: Statement[]; afterCommit: () => void }>
