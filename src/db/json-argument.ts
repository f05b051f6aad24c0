import { toSnakeCase } from 'drizzle-orm/casing'
import { type SQL, sql } from 'drizzle-orm'

// JSON can contain lone surrogates and NUL, which PostgreSQL cannot store. They go, so that no order fails for them.
function inColumnNames(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '')
  if (Array.isArray(value)) return value.map(inColumnNames)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [toSnakeCase(key), inColumnNames(each)]))
}

/** What a function of the database takes as `jsonb`: the same value, with keys in the names of columns, or NULL. */
export const jsonArgument = (value: object | null): SQL =>
  sql`${value === null ? null : JSON.stringify(inColumnNames(value))}::jsonb`
