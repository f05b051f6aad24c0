import { boolean, index, integer, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { canonicalOf } from '../canonical.ts'
import { createdAt, id, moment } from './columns.ts'

export const members = pgTable(
  'members',
  {
    id: id(),
    username: text().notNull(),
    email: text().notNull(),
    /** The member's code in email links. */
    mbCd: text().notNull(),
    /** A scrypt hash with its parameters. A member without one has to reset the password to sign in. */
    passwordHash: text(),
    firstName: text().notNull().default(''),
    lastName: text().notNull().default(''),
    /** When somebody followed a link that was sent to the address. */
    emailVerifiedAt: moment(),
    /** When such a link came with the member's session or password, so that the reader of the address is the member. */
    emailOwnedAt: moment(),
    /** The address that replaces `email` once the link that was sent there is followed. */
    pendingEmail: text(),
    newsletter: boolean().notNull().default(false),
    /** Set by "unsubscribe from all"; the member then gets only emails about their own orders and account. */
    unsubscribedAt: moment(),
    useDefaultShippingAndPayment: boolean().notNull().default(false),
    /** Counted by the statement that reads the hash, so that parallel attempts cannot exceed the limit. */
    failedSignIns: integer().notNull().default(0),
    lockedUntil: moment(),
    stripeCustomerId: text(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  (t) => [
    uniqueIndex('members_username_unique').on(canonicalOf(t.username)),
    uniqueIndex('members_email_unique').on(canonicalOf(t.email)),
    unique('members_mb_cd_unique').on(t.mbCd),
    unique('members_stripe_customer_unique').on(t.stripeCustomerId),
  ],
)

/** People who bought without an account. */
export const prospects = pgTable(
  'prospects',
  {
    id: id(),
    email: text().notNull(),
    name: text(),
    /** The prospect's code in email links. */
    prCd: text().notNull(),
    comment: text().notNull().default(''),
    firstSeenAt: createdAt(),
    /** The last purchase, as of the last time that the sweep checked whether to forget this guest. */
    lastSeenAt: createdAt(),
    unsubscribedAt: moment(),
    /** The member that this prospect became, to whom their orders have moved. */
    convertedMemberId: uuid().references(() => members.id, { onDelete: 'set null' }),
    convertedAt: moment(),
  },
  (t) => [
    uniqueIndex('prospects_email_unique').on(canonicalOf(t.email)),
    unique('prospects_pr_cd_unique').on(t.prCd),
    index('prospects_by_last_seen').on(t.lastSeenAt),
    index('prospects_by_member').on(t.convertedMemberId),
  ],
)
