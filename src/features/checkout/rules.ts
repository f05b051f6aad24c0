import type { CheckoutSession } from '../../payments/checkout-session.ts'

const MINUTE_MS = 60_000

/** Without word from Stripe, the sweep looks at a checkout that has no session yet after this time. */
export const UNANSWERED_AFTER_MS = 2 * MINUTE_MS

/** The sweep looks at a session once it must have expired. */
export const sessionSweepAt = (expiresAt: Date): Date => new Date(expiresAt.getTime() + MINUTE_MS)

/** A bank debit takes days; the sweep asks after it a few times a day in case its event was lost. */
export const processingSweepAt = (now: Date): Date => new Date(now.getTime() + 6 * 60 * MINUTE_MS)

/** Stripe counts in whole seconds. */
export const expiryOf = (now: Date, minutes: number): Date =>
  new Date(Math.floor((now.getTime() + minutes * MINUTE_MS) / 1_000) * 1_000)

/** Stripe wants at least 30 minutes of life left: an older checkout without a session can no longer get one. */
export const canStillOpen = (expiresAt: Date, now: Date): boolean =>
  expiresAt.getTime() - now.getTime() > 31 * MINUTE_MS

/** Languages of the payment page that the shop speaks too. */
export const sessionLocale = (locale: string): 'en' | 'es' => (locale === 'es' ? 'es' : 'en')

/** Whether a session is the checkout's own: by the id that is stored, else by the fingerprint of its snapshot. */
export const isOwnSession = (
  checkout: { stripe_session_id: string | null; fingerprint: string },
  session: Pick<CheckoutSession, 'id' | 'fingerprint'>,
): boolean =>
  checkout.stripe_session_id === null
    ? checkout.fingerprint === session.fingerprint
    : checkout.stripe_session_id === session.id
