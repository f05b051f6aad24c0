import { and, eq, ne } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { knownDevices } from '../../../db/schema/accounts.ts'

/** Records that the member has signed in on this browser. */
export const rememberDevice = (db: Db, memberId: string, deviceId: string, now: Date) =>
  db
    .insert(knownDevices)
    .values({ deviceId, memberId, createdAt: now, lastSeenAt: now })
    .onConflictDoUpdate({ target: [knownDevices.memberId, knownDevices.deviceId], set: { lastSeenAt: now } })

/** Forgets the browsers on which the member has signed in, except one if given, since any may be a thief's. */
export const forgetDevices = (db: Db, memberId: string, except: string | null = null) =>
  db
    .delete(knownDevices)
    .where(and(eq(knownDevices.memberId, memberId), except === null ? undefined : ne(knownDevices.deviceId, except)))
