import { DISPUTE_STATUSES, type DisputeStatus } from '../../payments/dispute.ts'
import type { RefundStatus } from '../../payments/refund.ts'
import type { Transition } from '../../shared/transitions.ts'

/** Statuses of refunds whose outcome is open. */
export const REFUNDS_UNDER_WAY = ['pending', 'requires_action'] as const satisfies RefundStatus[]

/** Statuses of refunds that do not count, since the money stayed with the shop or came back to it. */
export const REFUNDS_UNDONE = ['failed', 'canceled'] as const satisfies RefundStatus[]

const STRIPES_LIST = 'Stripe, whose list of refunds is read after any event about one'

/** A slower event that has read an older status never moves a refund back. */
export const REFUND_TRANSITIONS: readonly Transition<RefundStatus>[] = [
  {
    from: ['new', 'requires_action'],
    to: 'pending',
    word: STRIPES_LIST,
    effect: 'counts against the payment',
    by: '`syncRefundsStatements`',
  },
  {
    from: ['new', 'pending'],
    to: 'requires_action',
    word: STRIPES_LIST,
    effect: 'counts against the payment',
    by: '`syncRefundsStatements`',
  },
  {
    from: ['new', ...REFUNDS_UNDER_WAY],
    to: 'succeeded',
    word: STRIPES_LIST,
    effect: 'counts against the payment; one email to the customer',
    by: '`syncRefundsStatements`',
  },
  {
    from: ['new', ...REFUNDS_UNDER_WAY, 'succeeded'],
    to: 'failed',
    word: `${STRIPES_LIST}: a bank can return the money of a refund that had succeeded`,
    effect: 'no longer counts; alerts the operators if the refund was known before',
    by: '`syncRefundsStatements`',
  },
  {
    from: ['new', ...REFUNDS_UNDER_WAY, 'succeeded'],
    to: 'canceled',
    word: STRIPES_LIST,
    effect: 'no longer counts',
    by: '`syncRefundsStatements`',
  },
]

/** Statuses of a dispute by how far it has come; within a group, a bank can change one into the other. */
export const DISPUTE_PROGRESS = [
  ['warning_needs_response'],
  ['warning_under_review'],
  ['warning_closed'],
  ['needs_response'],
  ['under_review'],
  ['prevented'],
  ['won', 'lost'],
] as const satisfies DisputeStatus[][]

/** Statuses of disputes after which the shop keeps the money. */
export const DISPUTES_HARMLESS = ['won', 'warning_closed', 'prevented'] as const satisfies DisputeStatus[]

const rankOf = (status: DisputeStatus): number =>
  DISPUTE_PROGRESS.findIndex((group) => group.some((each) => each === status))

/** The moves of a dispute. An inquiry (`warning_…`) takes no money yet. */
export const DISPUTE_TRANSITIONS: readonly Transition<DisputeStatus>[] = DISPUTE_STATUSES.map((to) => ({
  from: ['new', ...DISPUTE_STATUSES.filter((from) => from !== to && rankOf(from) <= rankOf(to))],
  to,
  word: 'Stripe, whose list of disputes is read after any event about one',
  effect: 'alerts the operators once, and again when an inquiry becomes a chargeback',
  by: '`syncDisputesStatements`',
}))

/**
 * The progress of an order's delivery. The statuses are the shop's own rows in `order_status_types`. An order's statuses
 * are only added, never changed; any of them may follow any other.
 */
export const FULFILMENT_TRANSITIONS: readonly Transition<'initial' | 'any'>[] = [
  {
    from: ['new'],
    to: 'initial',
    word: 'the order is placed',
    effect: 'the first status is `INITIAL_ORDER_STATUS`',
    by: '`place_order`',
  },
  {
    from: ['initial', 'any'],
    to: 'any',
    word: 'an operator',
    effect: 'the customer gets an email if the operator queues it',
    by: '[by hand](../operations.md#everyday-changes)',
  },
]
