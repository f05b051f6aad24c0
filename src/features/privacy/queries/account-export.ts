import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { ownCheckouts, ownNotices, ownOrders } from './personal-data.ts'

/** A section of an export: whole rows of a table with the rows of other tables that belong to them. */
export type Section = {
  table: string
  /** The condition for the rows of this person (a member's id or a guest's address), with the table as `t`. */
  which: (whose: string) => SQL
  /** One row or none, instead of a list. */
  single?: boolean
  without?: string[]
  parts?: Record<string, Part>
}

type Part = {
  table: string
  /** The column with the id of the row that it belongs to. */
  of: string
  single?: boolean
  without?: string[]
  /** Further fields beside the row's columns, with the part as `p`. */
  also?: SQL
}

const ofMember = (memberId: string): SQL => sql`t.member_id = ${memberId}::uuid`

const ofOrder = (table: string, single = false): Part => ({ table, of: 'order_id', single })

const sku = sql`(SELECT jsonb_build_object('sku_code', s.code, 'sku_description', s.description) FROM skus s WHERE s.id = p.sku_id)`
const code = sql`(SELECT jsonb_build_object('code', d.code) FROM discount_codes d WHERE d.id = p.discount_code_id)`

/** The sections of an account's export. */
export const SECTIONS = {
  profile: {
    table: 'members',
    which: (memberId) => sql`t.id = ${memberId}::uuid`,
    single: true,
    without: ['password_hash'],
  },
  default_address: { table: 'member_default_addresses', which: ofMember, single: true },
  terms_agreements: { table: 'terms_agreements', which: ofMember },
  sessions: { table: 'sessions', which: ofMember, without: ['refresh_hash'] },
  known_devices: { table: 'known_devices', which: ofMember },
  one_time_tokens: { table: 'one_time_tokens', which: ofMember, without: ['token_hash'] },
  deletion_requests: { table: 'account_deletions', which: ofMember },
  cart: {
    table: 'carts',
    which: ofMember,
    single: true,
    parts: {
      lines: { table: 'cart_items', of: 'cart_id', also: sku },
      discount_codes: { table: 'cart_discount_codes', of: 'cart_id', also: code },
    },
  },
  checkouts: {
    table: 'checkouts',
    which: (memberId) => sql`t.id IN (${ownCheckouts(memberId)})`,
    without: ['fingerprint'],
    parts: {
      items: { table: 'checkout_items', of: 'checkout_id' },
      discounts: { table: 'checkout_discounts', of: 'checkout_id' },
    },
  },
  orders: {
    table: 'orders',
    which: (memberId) => sql`t.id IN (${ownOrders(memberId)})`,
    parts: {
      items: ofOrder('order_items'),
      discounts: ofOrder('order_discounts'),
      payment: ofOrder('order_payments', true),
      refunds: ofOrder('order_refunds'),
      disputes: ofOrder('order_disputes'),
      shipping_address: ofOrder('order_shipping_addresses', true),
      billing_address: ofOrder('order_billing_addresses', true),
      shipping_method: ofOrder('order_shipping_methods', true),
      statuses: ofOrder('order_statuses'),
      email_failures: ofOrder('order_email_failures'),
    },
  },
  prospects: { table: 'prospects', which: (memberId) => sql`t.converted_member_id = ${memberId}::uuid` },
  emails: {
    table: 'email_outbox',
    which: (memberId) => sql`t.id IN (
      SELECT id FROM email_outbox WHERE order_id IN (${ownOrders(memberId)}) UNION ALL ${ownNotices(memberId)})`,
    // The variables of an unsent email contain links with valid tokens.
    without: ['variables', 'lease_id', 'lease_until', 'next_sweep_at'],
    parts: { sent: { table: 'emails_sent', of: 'outbox_id' } },
  },
} as const satisfies Record<string, Section>

/** Tables that reference a member but are not exported, and why. */
export const NOT_EXPORTED: Record<string, string> = {
  privacy_requests: 'What was asked for by an address without an account; gone after a month',
  shop_settings: 'The shop itself: its name, addresses and looks',
  webhook_events: 'Stripe events of orders: ids, types and times, nothing about anybody',
  unmatched_payments: "payments that make no order: amounts and Stripe's ids, nothing about anybody",
}

/** Every table that the export of an account reads. */
export const exportedTables = (): string[] =>
  Object.values<Section>(SECTIONS).flatMap(({ table, parts = {} }) => [
    table,
    ...Object.values(parts).map((part) => part.table),
  ])

const jsonOf = (alias: 't' | 'p', without: string[]): SQL =>
  sql`to_jsonb(${sql.identifier(alias)}) - ${`{${without.join(',')}}`}::text[]`

const collected = (row: SQL, alias: 't' | 'p', single: boolean): SQL => {
  const list = sql`jsonb_agg(${row} ORDER BY ${sql.identifier(alias)})`
  return single ? sql`${list}->0` : sql`coalesce(${list}, '[]')`
}

function partOf({ table, of, single = false, without = [], also }: Part): SQL {
  const row = sql`${jsonOf('p', [of, ...without])}${also === undefined ? sql`` : sql` || ${also}`}`
  return sql`(SELECT ${collected(row, 'p', single)} FROM ${sql.identifier(table)} p WHERE p.${sql.identifier(of)} = t.id)`
}

export const objectOf = (fields: Record<string, SQL>): SQL =>
  sql`jsonb_build_object(${sql.join(
    Object.entries(fields).map(([name, value]) => sql`${name}::text, ${value}`),
    sql`, `,
  )})`

const mapValues = <T>(object: Record<string, T>, map: (value: T) => SQL): Record<string, SQL> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]))

export function sectionOf({ table, which, single = false, without = [], parts = {} }: Section, whose: string): SQL {
  const row = sql`${jsonOf('t', without)} || ${objectOf(mapValues(parts, partOf))}`
  return sql`(SELECT ${collected(row, 't', single)} FROM ${sql.identifier(table)} t WHERE ${which(whose)})`
}

export type ExportedRow = Record<string, unknown>
type Sections = typeof SECTIONS
export type ExportedData = {
  [Name in keyof Sections]: Sections[Name] extends { single: true } ? ExportedRow | null : ExportedRow[]
}

/** Everything that the shop holds about a member, as one JSON value. Times are ISO 8601, amounts minor units. */
export const selectEverything = (db: Db, memberId: string) =>
  db.execute<{ data: ExportedData }>(sql`
    SELECT ${objectOf(mapValues<Section>(SECTIONS, (section) => sectionOf(section, memberId)))} AS data`)
