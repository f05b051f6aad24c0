import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import { fetchWithin } from '../shared/deadline.ts'

/** The answer to a round trip that takes longer counts as lost. */
let timeoutMs = 10_000

neonConfig.fetchFunction = (url: string, init: RequestInit) => fetchWithin(timeoutMs, url, init)

const makeDb = (databaseUrl: string) => drizzle({ client: neon(databaseUrl), casing: 'snake_case' })

export type Db = ReturnType<typeof makeDb>

/** A client holds nothing of a request, and making one takes longer than building a statement. */
const made = new Map<string, Db>()

type Settings = {
  /** The URL of a local Neon proxy; by default Neon's own. */
  fetchEndpoint?: string | undefined
  /** How long one round trip may take. */
  timeoutMs?: number
}

/** Drizzle over Neon's HTTP driver; the driver's settings are global, and so apply to all clients. */
export function createDb(databaseUrl: string, { fetchEndpoint, ...settings }: Settings = {}): Db {
  timeoutMs = settings.timeoutMs ?? timeoutMs
  if (fetchEndpoint !== undefined) neonConfig.fetchEndpoint = fetchEndpoint
  const db = made.get(databaseUrl) ?? makeDb(databaseUrl)
  made.set(databaseUrl, db)
  return db
}
