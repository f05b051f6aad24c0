import { type checkoutStatuses, GIVEN_UP, HOLDING } from '../../db/schema/checkout.ts'
import type { Transition } from '../../shared/transitions.ts'

export type CheckoutStatus = (typeof checkoutStatuses)[number]

/** Only Stripe's answers end a checkout, never our own clock: while it can be paid, it keeps its reservation. */
export const CHECKOUT_TRANSITIONS: readonly Transition<CheckoutStatus>[] = [
  {
    from: ['new'],
    to: 'open',
    word: 'the buyer asks for a payment page',
    effect: 'snapshot of the cart; reserves stock and redemptions',
    by: '`start_checkout`',
  },
  {
    from: ['open'],
    to: 'processing',
    word: 'Stripe: session complete and not paid yet (bank debit), or paid and no order can come of it',
    effect: 'keeps what is held; after a debit that is under way the cart is cleared',
    by: '`markProcessing`, `holdForOperator`',
  },
  {
    from: HOLDING,
    to: 'complete',
    word: 'Stripe: session paid, or nothing was due',
    effect: 'the order; what is held becomes a sale',
    by: '`place_order`',
  },
  {
    from: HOLDING,
    to: 'expired',
    word: 'Stripe: session expired (by itself, or by us because the cart changed or the page is overdue), or none was made',
    effect: 'gives back what is held',
    by: '`release_checkout`; `start_checkout` for an open one that it replaces',
  },
  {
    from: HOLDING,
    to: 'failed',
    word: "Stripe: its payment failed for good, or an operator's: a payment without an order was given back",
    effect: 'gives back what is held; emails the customer of a payment that failed',
    by: '`release_checkout`',
  },
  {
    from: GIVEN_UP,
    to: 'complete',
    word: 'Stripe: paid after all',
    effect: 'the order, booked from free stock; without any left it is an unmatched payment and stays where it is',
    by: '`place_order`',
  },
]
