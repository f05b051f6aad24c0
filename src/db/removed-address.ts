import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

const REMOVED_DOMAIN = '@removed.invalid'

/** What stands in a member's `email` after its reader said that the account is not theirs: nothing is ever sent there. */
export const removedAddressOf = (memberId: SQLWrapper): SQL => sql`'no-address-' || ${memberId} || ${REMOVED_DOMAIN}`

/** Whether a column holds an address to which something can be sent. */
export const isRemovedAddress = (email: SQLWrapper): SQL => sql`${email} LIKE ${`%${REMOVED_DOMAIN}`}`
