import { toSnakeCase } from 'drizzle-orm/casing'
import { type SQL, sql } from 'drizzle-orm'

// Removes lone surrogates and NUL, which JSON allows but PostgreSQL cannot store, so that no order fails because of them.
function inColumnNames(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '')
  if (Array.isArray(value)) return value.map(inColumnNames)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [toSnakeCase(key), inColumnNames(each)]))
}

/** A `jsonb` argument for a function of the database: the value with its keys turned into column names, or NULL. */
export const jsonArgument = (value: object | null): SQL =>
  sql`${value === null ? null : JSON.stringify(inColumnNames(value))}::jsonb`
