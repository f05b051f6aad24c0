import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { listOf } from '../status-list.ts'
import { createdAt, id, moment } from './columns.ts'
import { members } from './people.ts'

const memberId = () =>
  uuid()
    .notNull()
    .references(() => members.id, { onDelete: 'cascade' })

/** One sign-in on one device. Its refresh token is rotated on every use; only the digest of the current one is kept. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    memberId: memberId(),
    /** How often the refresh token was rotated; a token of an earlier generation is spent. */
    generation: integer().notNull().default(0),
    refreshHash: text().notNull(),
    rotatedAt: createdAt(),
    userAgent: text().notNull().default(''),
    createdAt: createdAt(),
    lastSeenAt: createdAt(),
    expiresAt: moment().notNull(),
    endedAt: moment(),
  },
  (t) => [
    index('sessions_live_by_member')
      .on(t.memberId)
      .where(sql`ended_at IS NULL`),
    index('sessions_by_member').on(t.memberId),
    index('sessions_by_expiry').on(t.expiresAt),
  ],
)

export const tokenPurposes = ['verify_email', 'disown_email', 'undo_email_change', 'reset_password'] as const

/**
 * A browser on which a member has signed in. Wrong passwords from there are counted here, all others with the member, so
 * that nobody can lock the owner out of a browser that is known.
 */
export const knownDevices = pgTable(
  'known_devices',
  {
    /** What the browser's signed cookie holds; several members may share a browser. */
    deviceId: uuid().notNull(),
    memberId: memberId(),
    failedSignIns: integer().notNull().default(0),
    lockedUntil: moment(),
    createdAt: createdAt(),
    lastSeenAt: createdAt(),
  },
  (t) => [
    primaryKey({ name: 'known_device_once_per_member', columns: [t.memberId, t.deviceId] }),
    index('known_devices_by_last_seen').on(t.lastSeenAt),
  ],
)

/** Tokens of emailed links: stored hashed, good for one use. */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    id: id(),
    memberId: memberId(),
    purpose: text({ enum: tokenPurposes }).notNull(),
    tokenHash: text().notNull(),
    /** The address that the link was sent to: it proves and disowns this one and no other. */
    email: text().notNull(),
    createdAt: createdAt(),
    expiresAt: moment().notNull(),
    usedAt: moment(),
  },
  (t) => [
    unique('one_time_tokens_hash_unique').on(t.tokenHash),
    index('one_time_tokens_by_member').on(t.memberId, t.purpose),
    index('one_time_tokens_by_expiry').on(t.expiresAt),
    check('one_time_token_purpose_known', sql`${t.purpose} IN ${listOf(tokenPurposes)}`),
  ],
)

export const memberDefaultAddresses = pgTable('member_default_addresses', {
  memberId: memberId().primaryKey(),
  name: text().notNull(),
  phone: text(),
  line1: text().notNull(),
  line2: text(),
  city: text().notNull(),
  state: text(),
  postalCode: text().notNull(),
  country: text().notNull(),
  updatedAt: createdAt(),
})

/** Which version of the terms of use a member agreed to, and when. */
export const termsAgreements = pgTable(
  'terms_agreements',
  {
    memberId: memberId(),
    version: text().notNull(),
    agreedAt: createdAt(),
  },
  (t) => [primaryKey({ name: 'terms_agreed_once_per_version', columns: [t.memberId, t.version] })],
)

/** A deletion that was asked for and what of it is done; it outlives its member so that it can be taken up again. */
export const accountDeletions = pgTable(
  'account_deletions',
  {
    memberId: uuid().primaryKey(),
    stripeCustomerId: text(),
    requestedAt: createdAt(),
    stripeDoneAt: moment(),
    doneAt: moment(),
    attempts: integer().notNull().default(0),
    nextAttemptAt: moment().notNull(),
    lastError: text(),
  },
  (t) => [
    index('account_deletions_done')
      .on(t.doneAt)
      .where(sql`done_at IS NOT NULL`),
    index('account_deletions_due')
      .on(t.nextAttemptAt)
      .where(sql`done_at IS NULL`),
  ],
)
