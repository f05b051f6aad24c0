import type { Ctx } from '../../context.ts'
import { newId } from '../../shared/ids.ts'

/** What somebody signs in with. */
export type SignInClient = {
  userAgent: string
  /** Whether it keeps cookies, by which it can be known again. */
  isBrowser: boolean
}

/** What a browser is known by once somebody has signed in there; null for a client that keeps no cookies. */
export const deviceOf = ({ browser }: Ctx, { isBrowser }: Pick<SignInClient, 'isBrowser'>): string | null =>
  isBrowser ? (browser.deviceId ?? newId()) : null
