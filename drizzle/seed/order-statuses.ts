import type { orderStatusTypes } from '../../src/db/schema/orders.ts'

/** What an order goes through, in this order. INITIAL_ORDER_STATUS names one of these codes. */
export const orderStatusRows: (typeof orderStatusTypes.$inferInsert)[] = [
  { code: 'accepted', label: 'Accepted', description: 'We have your order and your payment.', position: 1 },
  { code: 'manufacturing', label: 'Manufacturing', description: 'What is made to order is being made.', position: 2 },
  { code: 'packing', label: 'Packing', description: 'Your order is being packed.', position: 3 },
  { code: 'ready_for_pickup', label: 'Ready for pickup', description: 'Waiting for you at the workshop.', position: 4 },
  { code: 'shipped', label: 'Shipped', description: 'Your order is with the carrier.', position: 5 },
  { code: 'delivered', label: 'Delivered', description: 'Your order has arrived.', position: 6 },
  { code: 'returned', label: 'Returned', description: 'Your order came back to us.', position: 7 },
  { code: 'cancelled', label: 'Cancelled', description: 'The order was cancelled.', position: 8 },
]
