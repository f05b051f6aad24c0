import { inText } from '../../shared/transitions.ts'
import { GIVEN_UP, HOLDING } from '../checkout/transitions.ts'
import { ENDED } from '../email/transitions.ts'

/** Rows of one table that go after so many days. */
type Period = {
  table: string
  /** Which rows, for people; docs/operations.md says the same. */
  what: string
  days: number
  /** The column from which the days count. It leads an index that holds no other rows than these, or these first. */
  since: string
  /** SQL condition on the table as `t`: which rows are meant, beside their age. */
  only?: string
}

/** How long the shop keeps what it does not need for ever. A tick deletes what is past its time, in portions. */
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
 * A guest who has not bought for so many days is forgotten: the prospect goes, and their orders lose what leads to the
 * person (addresses of email, telephone numbers); name and postal address stay with the order.
 */
export const GUEST_DAYS = 3 * 365

/** Tables with personal data that no period ends, and why. */
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
