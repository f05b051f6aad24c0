import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** `canonical` of `shared/canonical.ts` in SQL: under the collation C, `lower` knows the letters A to Z and no others. */
export const canonicalOf = (name: SQLWrapper): SQL<string> => sql`lower(${name} COLLATE "C")`
