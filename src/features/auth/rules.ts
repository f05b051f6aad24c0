import type { tokenPurposes } from '../../db/schema/accounts.ts'

export type TokenPurpose = (typeof tokenPurposes)[number]

/** So many wrong passwords in a row are compared as they come; each one more has to wait. */
export const FAILED_SIGN_INS_MAX = 10
/** The wait after the last of them is a minute, and doubles with each one more up to this many. */
export const WAIT_MINUTES_MAX = 60
/** This long after the end of the last wait the count begins anew. */
export const FAILURES_FORGOTTEN_HOURS = 24
/** A session ends this long after its last refresh. */
export const SESSION_DAYS = 7
/**
 * For this long after a refresh the token that was spent still gets the same successor: two tabs that refresh at the
 * same moment, or an answer that was lost, do not look like a thief.
 */
export const REFRESH_GRACE_SECONDS = 10
/** For how long the links of emails are good. */
const TOKEN_HOURS: Record<TokenPurpose, number> = {
  verify_email: 24,
  disown_email: 30 * 24,
  undo_email_change: 7 * 24,
  reset_password: 1,
}
export const RESET_PASSWORD_HOURS = TOKEN_HOURS.reset_password
const USER_AGENT_MAX = 400

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

export const sessionExpiry = (now: Date): Date => later(now, SESSION_DAYS * 86_400_000)
export const graceStart = (now: Date): Date => later(now, -REFRESH_GRACE_SECONDS * 1_000)

export const tokenExpiry = (purpose: TokenPurpose, now: Date): Date => later(now, TOKEN_HOURS[purpose] * 3_600_000)

/** A header of any length, cut to what is worth keeping. */
export const storableUserAgent = (header: string | undefined): string => (header ?? '').slice(0, USER_AGENT_MAX)
