import { and, eq } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { idempotencyKeys } from '../../../db/schema/operations.ts'

export type RequestKey = { scope: string; key: string; fingerprint: string }

/** The first statement of a batch that must take effect once. Raises `request_once_per_idempotency_key` on a repetition. */
export const insertRequestKey = (db: Db, request: RequestKey) => db.insert(idempotencyKeys).values(request)

/** The fingerprint of the request that used the key first. */
export const selectRequestKey = (db: Db, { scope, key }: Pick<RequestKey, 'scope' | 'key'>) =>
  db
    .select({ fingerprint: idempotencyKeys.fingerprint })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.scope, scope), eq(idempotencyKeys.key, key)))
