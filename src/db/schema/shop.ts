import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, boolean, check, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { createdAt } from './columns.ts'

export type SocialLink = { name: string; url: string }

const isAddress = (column: AnyPgColumn): SQL =>
  sql`${column} ~ '^[^[:space:][:cntrl:]@<>,:"()]+@[^[:space:][:cntrl:]@<>,:"()]+$' AND length(${column}) <= 254`

/** The shop's settings, in one row, for emails, pages and `GET /v1/shop`. */
export const shopSettings = pgTable(
  'shop_settings',
  {
    /** Always true, so that there is at most one row. */
    id: boolean().primaryKey().default(true),
    name: text().notNull(),
    /** The legal name for the imprint, such as `Shop Example GmbH`. */
    legalName: text().notNull(),
    /** Lines separated by line breaks. */
    imprintAddress: text().notNull(),
    /** An https URL, or a path below `public/`; PNG or JPEG, since mail clients show no SVG. */
    logoUrl: text(),
    /** `#rrggbb` for a light background; `accentColorDark` is for a dark one. */
    accentColor: text().notNull(),
    accentColorDark: text().notNull(),
    supportEmail: text().notNull(),
    /** The sender of emails whose template names no other. */
    senderName: text().notNull(),
    senderAddress: text().notNull(),
    /** The IANA name of the time zone for dates in emails and on pages, such as `Europe/Madrid`. */
    timeZone: text().notNull(),
    socialLinks: jsonb().$type<SocialLink[]>().notNull().default([]),
    updatedAt: createdAt(),
  },
  (t) => [
    check('shop_settings_one_row', sql`${t.id}`),
    check('shop_name_is_one_line', sql`${t.name} ~ '^[^[:cntrl:]<>"]{1,60}$' AND btrim(${t.name}) = ${t.name}`),
    check('shop_legal_name_is_one_line', sql`${t.legalName} ~ '^[^[:cntrl:]]{1,120}$'`),
    check('shop_imprint_address_given', sql`length(btrim(${t.imprintAddress})) BETWEEN 1 AND 500`),
    check(
      'shop_logo_is_an_address',
      sql`${t.logoUrl} ~ '^(https://[^[:space:]"<>]+|/[^/[:space:]"<>][^[:space:]"<>]*)$'`,
    ),
    check('shop_accent_is_a_color', sql`${t.accentColor} ~ '^#[0-9a-f]{6}$'`),
    check('shop_accent_dark_is_a_color', sql`${t.accentColorDark} ~ '^#[0-9a-f]{6}$'`),
    check('shop_support_email_is_an_address', isAddress(t.supportEmail)),
    check('shop_sender_name_is_one_line', sql`${t.senderName} ~ '^[^[:cntrl:]<>"]{1,60}$'`),
    check('shop_sender_is_an_address', isAddress(t.senderAddress)),
    // The conversion refuses unknown zones; the pattern refuses those that only PostgreSQL knows (`UTC+3`).
    check(
      'shop_time_zone_known',
      sql`${t.timeZone} ~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$' AND timezone(${t.timeZone}, timestamptz '2000-01-01 00:00:00+00') IS NOT NULL`,
    ),
    check(
      'shop_social_links_are_links',
      sql`CASE jsonb_typeof(${t.socialLinks}) WHEN 'array' THEN jsonb_array_length(${t.socialLinks}) = jsonb_array_length(
        jsonb_path_query_array(${t.socialLinks}, '$[*] ? (@.name like_regex "^.{1,60}$" && @.url like_regex "^https://[^ <>]+$")')) ELSE false END`,
    ),
  ],
)
