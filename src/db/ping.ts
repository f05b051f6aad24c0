import { sql } from 'drizzle-orm'
import type { Db } from './client.ts'

/** One round trip that touches no table. Rejects when the database cannot be asked. */
export async function pingDatabase(db: Db): Promise<void> {
  await db.execute(sql`SELECT 1`)
}
