import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { maskEmail, redact } from '../../shared/log.ts'
import { type EmailFailureType, type FailedCustomer, upsertEmailFailure } from './queries/failures.ts'

/** Steps of placing an order that come after its transaction; the numbers stand in the failure table and the log. */
export const EMAIL_PHASES = {
  template_lookup: 3,
  formatting: 4,
  cart_deletion: 5,
  smtp: 6,
  emailsent_logging: 6,
} as const satisfies Record<EmailFailureType, number>

type OrderEmailFailure = {
  orderId: string
  type: EmailFailureType
  phase: number
  error: unknown
}

/** An error as one line of at most 1,000 characters for the failure table. */
export const failureMessage = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim().slice(0, 1_000) || 'unknown'

/**
 * Notes for the operators that something after an order's transaction went wrong; the order stands. One unresolved
 * row an order and type: the same trouble again updates its message. Never throws: without the database only the log
 * line remains.
 */
export async function recordEmailFailure(ctx: Ctx, failure: OrderEmailFailure): Promise<void> {
  const { orderId, type, phase } = failure
  const note = { type, phase, message: failureMessage(failure.error) }
  try {
    logEmailFailure(ctx, failure, await runStatement(() => upsertEmailFailure(ctx.db, orderId, note)))
  } catch (error) {
    logEmailFailure(ctx, failure, null)
    ctx.log.error('email-failure-not-recorded', { order_id: orderId, type, error })
  }
}

/** Writes the line that operators search the logs for. */
export function logEmailFailure(
  ctx: Ctx,
  { orderId, type, phase, error }: OrderEmailFailure,
  customer: FailedCustomer | null,
): void {
  // The line is the event itself: a field would be masked once more and lose its `customer=`.
  const line = [
    `[ORDER_EMAIL_FAILURE] phase=${phase}`,
    `order=${customer?.identifier ?? orderId}`,
    `customer=${customer ? maskEmail(customer.customerEmail) : 'unknown'}`,
    `is_member=${customer?.isMember ?? 'unknown'}`,
    `error=${redact(failureMessage(error))}`,
  ].join(' ')
  ctx.log.error(line, { order_id: orderId, type })
}
