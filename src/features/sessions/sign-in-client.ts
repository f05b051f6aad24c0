import type { Ctx } from '../../context.ts'
import { newId } from '../../shared/ids.ts'

/** The program that somebody signs in with. */
export type SignInClient = {
  userAgent: string
  /** Whether it keeps cookies, so that it can be recognised. */
  isBrowser: boolean
}

/** The id by which a browser is recognised after a sign-in, new if it has none; null for a client without cookies. */
export const deviceIdFor = ({ browser }: Ctx, { isBrowser }: Pick<SignInClient, 'isBrowser'>): string | null =>
  isBrowser ? (browser.deviceId ?? newId()) : null
