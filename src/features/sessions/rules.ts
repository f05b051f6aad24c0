import { later } from '../../shared/later.ts'

/** A session ends this long after its last refresh. */
export const SESSION_DAYS = 7
/**
 * For this long after a refresh, the spent token still gets the same successor. So two tabs that refresh at the same
 * moment, or a client whose answer was lost, are not taken for a thief.
 */
export const REFRESH_GRACE_SECONDS = 10
const USER_AGENT_MAX = 400

export const sessionExpiry = (now: Date): Date => later(now, SESSION_DAYS * 86_400_000)
export const graceStart = (now: Date): Date => later(now, -REFRESH_GRACE_SECONDS * 1_000)

/** The user agent as it is stored: cut to a length, empty when there is none. */
export const storableUserAgent = (header: string | undefined): string => (header ?? '').slice(0, USER_AGENT_MAX)
