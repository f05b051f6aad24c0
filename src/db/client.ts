import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'

/** Drizzle over Neon's HTTP driver. `fetchEndpoint` points at a local proxy; without it Neon's own is used. */
export function createDb(databaseUrl: string, fetchEndpoint?: string) {
  if (fetchEndpoint !== undefined) neonConfig.fetchEndpoint = fetchEndpoint
  return drizzle({ client: neon(databaseUrl), casing: 'snake_case' })
}

export type Db = ReturnType<typeof createDb>
