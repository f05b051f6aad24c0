import type { OrderByBuyer } from '../../db/functions/place-order.ts'

/**
 * What an order writes depending on its buyer, which only the database knows when it is placed: a member's confirmation
 * goes to the address of the account, a guest's to the one given to Stripe.
 */
export const orderByBuyer = (identifier: string): OrderByBuyer => ({
  member: { emCd: 'order_confirmation_member', address: 'account' },
  guest: {
    emCd: 'order_confirmation_prospect',
    address: 'payment',
    comment: `First bought with order ${identifier}`,
  },
})
