import { type checkoutStatuses, GIVEN_UP, HOLDING } from '../../db/schema/checkout.ts'
import type { Transition } from '../../shared/transitions.ts'

export type CheckoutStatus = (typeof checkoutStatuses)[number]

/** Only Stripe's answers end a checkout, never our own clock: while it can be paid, it keeps its reservation. */
export const CHECKOUT_TRANSITIONS: readonly Transition<CheckoutStatus>[] = [
  {
    from: ['new'],
    to: 'open',
    word: 'the buyer asks for a payment page',
    effect: 'writes the snapshot; reserves stock and redemptions',
    by: '`start_checkout`',
  },
  {
    from: ['open'],
    to: 'processing',
    word: 'Stripe: session complete but not paid yet (bank debit), or paid although there can be no order',
    effect: 'keeps the reservation; for a pending debit, clears the cart',
    by: '`markProcessing`, `holdForOperator`',
  },
  {
    from: HOLDING,
    to: 'complete',
    word: 'Stripe: session paid, or nothing was to be paid',
    effect: 'places the order; the reservation becomes a sale',
    by: '`place_order`',
  },
  {
    from: HOLDING,
    to: 'expired',
    word: 'Stripe: session expired (by itself, or by us because the cart changed or the page is overdue), or none was made',
    effect: 'releases the reservation',
    by: '`release_checkout`; `start_checkout` for the open one that it replaces',
  },
  {
    from: HOLDING,
    to: 'failed',
    word: 'Stripe: its payment failed for good; or an operator: a payment without an order was refunded',
    effect: 'releases the reservation; emails the customer if the payment failed',
    by: '`release_checkout`',
  },
  {
    from: GIVEN_UP,
    to: 'complete',
    word: 'Stripe: paid after all',
    effect: 'places the order from free stock; without enough stock, it stays and the payment is unmatched',
    by: '`place_order`',
  },
]
