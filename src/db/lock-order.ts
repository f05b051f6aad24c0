/**
 * The order in which a batch or a function locks rows of these tables; rows of one table are locked by id. Taking
 * two of them in another order can cause a deadlock, which PostgreSQL aborts and `runBatch` sends again.
 *
 * Out of the order are rows that the batch itself inserts, rows that are only reached under the lock of what they belong
 * to (lines of a cart, tokens of a member), and foreign keys, whose locks wait only for who deletes the row or changes a
 * unique column of it; also browsers (`known_devices`), which a sign-in locks before the member and a new password after. Batches that
 * erase a person go from the purchases to the person: nobody signs in as them any more. `events` need no place: a batch
 * writes new ones under ids that nobody else makes, and only an event's own dispatch changes it.
 */
export const LOCK_ORDER = [
  'webhook_events',
  'members',
  'carts',
  'checkouts',
  'prospects',
  'discount_codes',
  // Contended most, so they are held only for one or two statements and the commit.
  'skus',
  'unmatched_payments',
  'order_payments',
  'order_refunds',
  'order_disputes',
  // The refunds and disputes above change the state of their order by a trigger, at the end of their statement.
  'operator_alerts',
  'orders',
] as const
