import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** `canonical` of `shared/canonical.ts` in SQL: with the collation C, `lower` changes only the letters A to Z. */
export const canonicalOf = (name: SQLWrapper): SQL<string> => sql`lower(${name} COLLATE "C")`
