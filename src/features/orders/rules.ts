import type { OrderByBuyer } from '../../db/functions/place-order.ts'
import type { EmailCode } from '../email/templates/variables.ts'
import type { paymentStates } from '../../db/schema/orders.ts'
import type { DisputeStatus } from '../../payments/dispute.ts'
import type { RefundStatus } from '../../payments/refund.ts'
import { DISPUTES_HARMLESS, REFUNDS_UNDONE } from './transitions.ts'

export type PaymentState = (typeof paymentStates)[number]

/** An order's payment with its refunds and disputes; amounts are in minor units. */
export type PaymentHistory = {
  paid: number
  refunds: readonly { amount: number; status: RefundStatus }[]
  disputes: readonly DisputeStatus[]
}

const isOneOf = (list: readonly string[], status: string): boolean => list.includes(status)

/** The conditions of the payment states; the first that holds decides. The trigger `keep_payment_state` does the same. */
export const PAYMENT_STATE_RULES: readonly {
  state: PaymentState
  when: string
  holds: (history: { paid: number; refunded: number; disputed: boolean }) => boolean
}[] = [
  { state: 'disputed', when: 'a dispute is open or lost', holds: ({ disputed }) => disputed },
  { state: 'paid', when: 'no refund counts', holds: ({ refunded }) => refunded === 0 },
  {
    state: 'partially-refunded',
    when: 'refunds that count are less than was paid',
    holds: ({ refunded, paid }) => refunded < paid,
  },
  { state: 'refunded', when: 'refunds that count are all that was paid', holds: () => true },
]

/** The state of an order's payment. A refund counts from when it is requested until it fails. */
export function paymentStateOf({ paid, refunds, disputes }: PaymentHistory): PaymentState {
  const counting = refunds.filter(({ status }) => !isOneOf(REFUNDS_UNDONE, status))
  const refunded = counting.reduce((sum, { amount }) => sum + amount, 0)
  const disputed = disputes.some((status) => !isOneOf(DISPUTES_HARMLESS, status))
  return PAYMENT_STATE_RULES.find(({ holds }) => holds({ paid, refunded, disputed }))?.state ?? 'refunded'
}

/**
 * What an order writes for a member and for a guest; only the database knows which one the buyer is. A member's
 * confirmation goes to the account's address, a guest's to the one given at Stripe.
 */
export const orderByBuyer = (identifier: string): OrderByBuyer => ({
  member: { emCd: 'order_confirmation_member' satisfies EmailCode, address: 'account' },
  guest: {
    emCd: 'order_confirmation_prospect' satisfies EmailCode,
    address: 'payment',
    comment: `First bought with order ${identifier}`,
  },
})
