/** A session ends this long after its last refresh. */
export const SESSION_DAYS = 7
/**
 * For this long after a refresh the token that was spent still gets the same successor: two tabs that refresh at the
 * same moment, or an answer that was lost, do not look like a thief.
 */
export const REFRESH_GRACE_SECONDS = 10
const USER_AGENT_MAX = 400

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

export const sessionExpiry = (now: Date): Date => later(now, SESSION_DAYS * 86_400_000)
export const graceStart = (now: Date): Date => later(now, -REFRESH_GRACE_SECONDS * 1_000)

/** A header of any length, cut to what is worth keeping. */
export const storableUserAgent = (header: string | undefined): string => (header ?? '').slice(0, USER_AGENT_MAX)
