import type { CartOwner } from './contents.ts'

/** The changes for which a caller may send an `Idempotency-Key`. */
const KEYED_OPERATIONS = ['cart-items', 'cart-discount-codes'] as const

export type KeyedOperation = (typeof KEYED_OPERATIONS)[number]

/** The scope of an owner's idempotency keys for one operation: the same key of another owner or operation is another key. */
export const requestScope = (operation: KeyedOperation, owner: CartOwner): string =>
  `${operation}:${'memberId' in owner ? `member:${owner.memberId}` : `visitor:${owner.visitorId}`}`

/** Every scope in which an owner can have keys. */
export const requestScopes = (owner: CartOwner): string[] =>
  KEYED_OPERATIONS.map((operation) => requestScope(operation, owner))
