import type { tokenPurposes } from '../../db/schema/accounts.ts'

export type TokenPurpose = (typeof tokenPurposes)[number]

/** How long the links in emails are valid. */
const TOKEN_HOURS: Record<TokenPurpose, number> = {
  verify_email: 24,
  disown_email: 30 * 24,
  undo_email_change: 7 * 24,
  reset_password: 1,
}
export const RESET_PASSWORD_HOURS = TOKEN_HOURS.reset_password

export const tokenExpiry = (purpose: TokenPurpose, now: Date): Date =>
  new Date(now.getTime() + TOKEN_HOURS[purpose] * 3_600_000)
