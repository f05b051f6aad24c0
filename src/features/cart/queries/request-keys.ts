import { and, eq } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { idempotencyKeys } from '../../../db/schema/operations.ts'

export type RequestKey = { scope: string; key: string; fingerprint: string }

/** Stands first in a batch that must take effect once; raises `request_once_per_idempotency_key` the second time. */
export const insertRequestKey = (db: Db, request: RequestKey) => db.insert(idempotencyKeys).values(request)

/** The request that used the key before. */
export const selectRequestKey = (db: Db, { scope, key }: Pick<RequestKey, 'scope' | 'key'>) =>
  db
    .select({ fingerprint: idempotencyKeys.fingerprint })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.scope, scope), eq(idempotencyKeys.key, key)))
