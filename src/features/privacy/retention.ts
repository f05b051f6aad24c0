import { inText } from '../../shared/transitions.ts'
import { GIVEN_UP, HOLDING } from '../../db/schema/checkout.ts'
import { ENDED } from '../../db/schema/email.ts'

/** How long rows of one table are kept. */
type Period = {
  table: string
  /** Which rows, in words; docs/operations.md lists the same. */
  what: string
  days: number
  /** The column from which the days count; it must lead an index on these rows. */
  since: string
  /** A further SQL condition for the rows, with the table as `t`. */
  only?: string
}

/** How long the shop keeps rows that it does not need forever; each tick of the cron trigger deletes some that are due. */
export const RETENTION: readonly Period[] = [
  { table: 'idempotency_keys', what: 'keys of repeated requests', days: 1, since: 'created_at' },
  {
    table: 'carts',
    what: "visitors' carts, since their last change; one that is being paid for stays",
    days: 90,
    since: 'updated_at',
    only: `t.member_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM checkouts c WHERE c.cart_id = t.id AND c.status IN ${inText(HOLDING)})`,
  },
  { table: 'sessions', what: 'sessions, since they ran out', days: 30, since: 'expires_at' },
  { table: 'known_devices', what: 'browsers, since a member last signed in there', days: 400, since: 'last_seen_at' },
  { table: 'one_time_tokens', what: 'emailed links, since they ran out', days: 30, since: 'expires_at' },
  {
    table: 'checkouts',
    what: 'checkouts that expired or failed, with their lines',
    days: 30,
    since: 'closed_at',
    only: `t.status IN ${inText(GIVEN_UP)}`,
  },
  {
    table: 'email_outbox',
    what: 'emails about no order that were sent or given up',
    days: 90,
    since: 'created_at',
    only: `t.order_id IS NULL AND t.status IN ${inText(ENDED)}`,
  },
  {
    table: 'order_email_failures',
    what: "failures of orders' emails, since they were resolved",
    days: 180,
    since: 'resolved_at',
    only: 't.resolved_at IS NOT NULL',
  },
  { table: 'webhook_events', what: "Stripe's events: ids and digests", days: 180, since: 'received_at' },
  {
    table: 'events',
    what: 'events that nobody waits for any more: ids and amounts',
    days: 90,
    since: 'occurred_at',
    only: 't.next_sweep_at IS NULL',
  },
  {
    table: 'operator_alerts',
    what: 'alerts to the operators, since they were resolved',
    days: 180,
    since: 'resolved_at',
    only: 't.resolved_at IS NOT NULL',
  },
  {
    table: 'privacy_requests',
    what: "guests' requests for export or erasure, since their link ran out; one under way stays",
    days: 30,
    since: 'expires_at',
    only: 't.confirmed_at IS NULL OR t.done_at IS NOT NULL',
  },
  {
    table: 'account_deletions',
    what: 'marks of accounts that were deleted',
    days: 400,
    since: 'done_at',
    only: 't.done_at IS NOT NULL',
  },
]

/**
 * A guest who has not bought for this many days is forgotten: the prospect is deleted, and their orders lose email
 * addresses and phone numbers. Name and postal address stay with the order.
 */
export const GUEST_DAYS = 3 * 365

/** Tables with personal data that have no period of retention, and why. */
export const KEPT: Record<string, string> = {
  members: 'until the account is deleted',
  member_default_addresses: 'until the account is deleted, or the member removes it',
  terms_agreements: 'until the account is deleted',
  prospects: 'see GUEST_DAYS',
  orders: 'for the books; anonymous once the account is deleted, the guest asked for it or was forgotten',
  order_shipping_addresses: 'with their order',
  order_billing_addresses: 'with their order',
  emails_sent: 'with the email in the outbox',
  shop_settings: 'of the shop itself',
  email_templates: 'of the shop itself',
}
