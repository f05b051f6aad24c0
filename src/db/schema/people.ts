import { boolean, index, integer, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { canonicalOf } from '../canonical.ts'
import { createdAt, id, moment } from './columns.ts'

export const members = pgTable(
  'members',
  {
    id: id(),
    username: text().notNull(),
    email: text().notNull(),
    /** Member code that email links carry. */
    mbCd: text().notNull(),
    /** scrypt with its parameters; a member without one can only come in by a password reset. */
    passwordHash: text(),
    firstName: text().notNull().default(''),
    lastName: text().notNull().default(''),
    /** When a link that was sent to the address was followed, by whoever reads it. */
    emailVerifiedAt: moment(),
    /** When such a link came with the member's own session or password: who reads the address also owns the account. */
    emailOwnedAt: moment(),
    /** The address that takes over once its link is followed. */
    pendingEmail: text(),
    newsletter: boolean().notNull().default(false),
    /** Set by "unsubscribe from all": no email but about the member's own orders and account. */
    unsubscribedAt: moment(),
    useDefaultShippingAndPayment: boolean().notNull().default(false),
    /** Counted by the statement that reads the credentials, so that no race gets an attempt for free. */
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

/** Someone who bought without an account. */
export const prospects = pgTable(
  'prospects',
  {
    id: id(),
    email: text().notNull(),
    name: text(),
    /** Prospect code that email links carry. */
    prCd: text().notNull(),
    comment: text().notNull().default(''),
    firstSeenAt: createdAt(),
    /** The last purchase that was known when it was last looked whether to forget this guest. */
    lastSeenAt: createdAt(),
    unsubscribedAt: moment(),
    /** The member that this prospect became; their orders have moved there. */
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
