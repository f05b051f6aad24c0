import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type AppError, isAppError } from '../../shared/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { enforce } from './enforce.ts'
import { asOwnLimit } from './limit-changes.ts'
import type { PolicyName } from './policies.ts'

const limitBy = (...names: PolicyName[]) =>
  asOwnLimit(
    createMiddleware<AppEnv>(async (c, next) => {
      const settle = await enforce(c, names)
      await next()
      settle(c)
    }),
  )

/** For routes that are never refused for their number, or count for themselves. */
export const withoutLimit = asOwnLimit(createMiddleware<AppEnv>((_, next) => next()))

/** All by the minute, for the work that a password takes; by the hour those with a wrong one. */
export const limitSignIn = limitBy('sign-in-minute', 'sign-in-hour')

/** Accounts that were made, and attempts: a password that is refused five times leaves room for a sixth. */
export const limitRegister = limitBy('register', 'register-attempts')

/** By the account that `login` in the body names, whether or not there is one, and by address. */
export const limitForgottenPassword = limitBy('forgotten-password-login', 'forgotten-password-address')

/** By the email address in the body, whether or not it is known, and by address. */
export const limitPrivacyRequest = limitBy('privacy-request-login', 'privacy-request-address')

export const limitRefresh = limitBy('refresh')

/**
 * Ten checkouts a minute for a buyer: a double click is none too many, a card tester is. A visitor makes itself, so
 * that an address has a limit too; honest people behind a shared one get past it by a proof (`askForProof`).
 */
export const limitCheckout = limitBy('checkout', 'checkout-address')

/**
 * Counts a buyer's question about a checkout, which may become one to Stripe. Beyond the limit it gives the refusal instead
 * of throwing it, and the shop answers with what it knows: nobody can use up Stripe's own limit for all.
 */
export const limitAskingStripe = (c: Context<AppEnv>): Promise<AppError | undefined> =>
  enforce(c, ['checkout-result', 'checkout-result-address']).then(
    () => undefined,
    (error: unknown) => {
      if (isAppError(error, 'rate-limited')) return error
      throw error
    },
  )

/**
 * To be called before the database is asked for a list that no cache holds: every search is another one. Throws
 * `rate-limited`.
 */
export async function limitSearch(c: Context<AppEnv>): Promise<void> {
  await enforce(c, ['search'])
}

/**
 * After `requireMember`. What sends a link to an address that nobody has proven to be theirs: else an account opened
 * under a stranger's address could fill their mailbox.
 */
export const limitEmailVerification = limitBy('email-verification')

/** One deletion an hour; a mistyped password is none, and counts towards the account's lock instead. */
export const limitDeleteAccount = limitBy('delete-account')

/** As in `membersOnly(limit…)`: without a member nothing is counted. */
export const limitExport = limitBy('export-account')

/**
 * To be called for every webhook request whose signature is not valid, before it is refused. Throws `rate-limited`
 * for an address that has sent too many of them. Valid ones are never counted: all events of a flash sale come in.
 */
export async function countRefusedSignature(c: Context<AppEnv>): Promise<void> {
  await enforce(c, ['webhook-refused'])
}
