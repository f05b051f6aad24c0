import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { maskEmail, redact } from '../../shared/log.ts'
import { failureMessage } from '../../shared/retry.ts'
import { type EmailFailureType, type FailedCustomer, upsertEmailFailure } from './queries/failures.ts'

/** The steps after an order's transaction, by the number that the failure table and the log show. */
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

/**
 * Records for the operators that a step after an order's transaction failed; the order itself is complete. There is one
 * unresolved row for each order and type; the same failure again updates its message. Never throws: if the database does
 * not answer, there is only the log line.
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

/** Writes the log line that operators search for. */
export function logEmailFailure(
  ctx: Ctx,
  { orderId, type, phase, error }: OrderEmailFailure,
  customer: FailedCustomer | null,
): void {
  // The whole line is the `event`: as a field it would be redacted again, and lose its `customer=`.
  const line = [
    `[ORDER_EMAIL_FAILURE] phase=${phase}`,
    `order=${customer?.identifier ?? orderId}`,
    `customer=${customer ? maskEmail(customer.customerEmail) : 'unknown'}`,
    `is_member=${customer?.isMember ?? 'unknown'}`,
    `error=${redact(failureMessage(error))}`,
  ].join(' ')
  ctx.log.error(line, { order_id: orderId, type })
}
