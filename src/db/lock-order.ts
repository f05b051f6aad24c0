/**
 * The order in which a batch or a function locks rows of these tables; rows of one table are locked by id. Taking
 * two of them in another order can cause a deadlock, which PostgreSQL aborts and `runBatch` sends again.
 *
 * These need no place in the order:
 * - rows that the batch itself inserts, and rows that are only reached under the lock of their owner (lines of a cart,
 *   tokens of a member);
 * - foreign keys, whose locks wait only for somebody who deletes the row or changes a unique column of it;
 * - browsers (`known_devices`), which a sign-in locks before the member and a new password after;
 * - batches that erase a person, which go from the purchases to the person, as whom nobody can sign in any more;
 * - `events`, which are inserted under new ids and changed only by their own dispatch.
 */
export const LOCK_ORDER = [
  'webhook_events',
  'members',
  'carts',
  'checkouts',
  'prospects',
  'discount_codes',
  // SKUs are contended most, so they come late and are locked only for one or two statements and the commit.
  'skus',
  'unmatched_payments',
  'order_payments',
  'order_refunds',
  'order_disputes',
  // The refunds and disputes above change the state of their order by a trigger, at the end of their statement.
  'operator_alerts',
  'orders',
] as const
