import type { CheckoutSession } from '../../payments/checkout-session.ts'

const MINUTE_MS = 60_000

/** After this time, the sweep looks for the session of a checkout that has none stored. */
export const UNANSWERED_AFTER_MS = 2 * MINUTE_MS

/** When the sweep looks at a session: once it must have expired. */
export const sessionSweepAt = (expiresAt: Date): Date => new Date(expiresAt.getTime() + MINUTE_MS)

/** When the sweep looks at a bank debit again: it takes days, and is checked a few times a day in case its event was lost. */
export const processingSweepAt = (now: Date): Date => new Date(now.getTime() + 6 * 60 * MINUTE_MS)

/** When a session expires, in the whole seconds that Stripe uses. */
export const expiryOf = (now: Date, minutes: number): Date =>
  new Date(Math.floor((now.getTime() + minutes * MINUTE_MS) / 1_000) * 1_000)

/** Whether a session can still be opened: Stripe requires that it expires at least 30 minutes later. */
export const canStillOpen = (expiresAt: Date, now: Date): boolean =>
  expiresAt.getTime() - now.getTime() > 31 * MINUTE_MS

/** The language of the payment page: one that both Stripe and the shop have. */
export const sessionLocale = (locale: string): 'en' | 'es' => (locale === 'es' ? 'es' : 'en')

/** Whether a session is the checkout's own: by the stored id, or if there is none, by the snapshot's fingerprint. */
export const isOwnSession = (
  checkout: { stripe_session_id: string | null; fingerprint: string },
  session: Pick<CheckoutSession, 'id' | 'fingerprint'>,
): boolean =>
  checkout.stripe_session_id === null
    ? checkout.fingerprint === session.fingerprint
    : checkout.stripe_session_id === session.id

/**
 * What a buyer has to know of the payment when the status alone does not say it: paid, and the shop still has to look after
 * it; paid, and refunded or otherwise resolved without an order; or not known, since Stripe was not asked.
 */
export const PAYMENT_NOTES = ['received', 'closed', 'unknown'] as const

export type PaymentNote = (typeof PAYMENT_NOTES)[number]
