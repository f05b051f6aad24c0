import { sql } from 'drizzle-orm'
import { pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { createdAt, id } from './columns.ts'

export const members = pgTable(
  'members',
  {
    id: id(),
    username: text().notNull(),
    email: text().notNull(),
    /** Member code that email links carry. */
    mbCd: text().notNull(),
    stripeCustomerId: text(),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('members_username_unique').on(sql`lower(${t.username})`),
    uniqueIndex('members_email_unique').on(sql`lower(${t.email})`),
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
  },
  (t) => [
    uniqueIndex('prospects_email_unique').on(sql`lower(${t.email})`),
    unique('prospects_pr_cd_unique').on(t.prCd),
  ],
)
