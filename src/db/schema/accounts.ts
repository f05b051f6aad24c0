import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { listOf } from '../status-list.ts'
import { createdAt, id, moment } from './columns.ts'
import { members } from './people.ts'

const memberId = () =>
  uuid()
    .notNull()
    .references(() => members.id, { onDelete: 'cascade' })

/** A sign-in on a device. Every use rotates the refresh token; only the hash of the current one is stored. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    memberId: memberId(),
    /** How often the refresh token was rotated; tokens of earlier generations are spent. */
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
 * A browser on which a member has signed in. Wrong passwords from it are counted here and all others with the member, so
 * that nobody can lock the member out of their own browser.
 */
export const knownDevices = pgTable(
  'known_devices',
  {
    /** The id in the browser's signed cookie; several members may share a browser. */
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

/** Tokens of emailed links, stored as hashes and valid for one use. */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    id: id(),
    memberId: memberId(),
    purpose: text({ enum: tokenPurposes }).notNull(),
    tokenHash: text().notNull(),
    /** The address that the link was sent to, which is the only one that the token can verify or disown. */
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

/** The versions of the terms of use that members agreed to. */
export const termsAgreements = pgTable(
  'terms_agreements',
  {
    memberId: memberId(),
    version: text().notNull(),
    agreedAt: createdAt(),
  },
  (t) => [primaryKey({ name: 'terms_agreed_once_per_version', columns: [t.memberId, t.version] })],
)

/** The progress of an account's deletion. It has no foreign key to the member, whom it outlives. */
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
