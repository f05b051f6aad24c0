import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'

/** A request that takes longer counts as one whose answer was lost. */
const TIMEOUT_MS = 15_000

neonConfig.fetchFunction = (url: string, init: RequestInit) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })

const makeDb = (databaseUrl: string) => drizzle({ client: neon(databaseUrl), casing: 'snake_case' })

export type Db = ReturnType<typeof makeDb>

/** Nothing of a request is in a client, and to make one takes longer than to build a statement. */
const made = new Map<string, Db>()

/** Drizzle over Neon's HTTP driver. `fetchEndpoint` points at a local proxy; without it Neon's own is used. */
export function createDb(databaseUrl: string, fetchEndpoint?: string): Db {
  if (fetchEndpoint !== undefined) neonConfig.fetchEndpoint = fetchEndpoint
  const db = made.get(databaseUrl) ?? makeDb(databaseUrl)
  made.set(databaseUrl, db)
  return db
}
