/** After this many wrong passwords in a row an account is locked; no more than this many are ever compared. */
export const FAILED_SIGN_INS_MAX = 10
export const LOCK_MINUTES = 15
/** A session ends this long after its last refresh. */
export const SESSION_DAYS = 7
/**
 * For this long after a refresh the token that was spent still gets the same successor: two tabs that refresh at the
 * same moment, or an answer that was lost, do not look like a thief.
 */
export const REFRESH_GRACE_SECONDS = 10
export const VERIFY_EMAIL_HOURS = 24
export const RESET_PASSWORD_HOURS = 1
const USER_AGENT_MAX = 400

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

export const lockedUntil = (now: Date): Date => later(now, LOCK_MINUTES * 60_000)
export const sessionExpiry = (now: Date): Date => later(now, SESSION_DAYS * 86_400_000)
export const graceStart = (now: Date): Date => later(now, -REFRESH_GRACE_SECONDS * 1_000)

export const tokenExpiry = (purpose: 'verify_email' | 'reset_password', now: Date): Date =>
  later(now, (purpose === 'verify_email' ? VERIFY_EMAIL_HOURS : RESET_PASSWORD_HOURS) * 3_600_000)

/** A header of any length, cut to what is worth keeping. */
export const storableUserAgent = (header: string | undefined): string => (header ?? '').slice(0, USER_AGENT_MAX)
