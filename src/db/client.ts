import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import { fetchWithin } from '../shared/deadline.ts'

/** A round trip that takes longer counts as one whose answer was lost. */
let timeoutMs = 10_000

neonConfig.fetchFunction = (url: string, init: RequestInit) => fetchWithin(timeoutMs, url, init)

const makeDb = (databaseUrl: string) => drizzle({ client: neon(databaseUrl), casing: 'snake_case' })

export type Db = ReturnType<typeof makeDb>

/** Nothing of a request is in a client, and to make one takes longer than to build a statement. */
const made = new Map<string, Db>()

type Settings = {
  /** A local proxy; Neon's own endpoint is used without it. */
  fetchEndpoint?: string | undefined
  /** How long one round trip may take. */
  timeoutMs?: number
}

/** Drizzle over Neon's HTTP driver, which has one set of settings for all clients. */
export function createDb(databaseUrl: string, { fetchEndpoint, ...settings }: Settings = {}): Db {
  timeoutMs = settings.timeoutMs ?? timeoutMs
  if (fetchEndpoint !== undefined) neonConfig.fetchEndpoint = fetchEndpoint
  const db = made.get(databaseUrl) ?? makeDb(databaseUrl)
  made.set(databaseUrl, db)
  return db
}
