import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { isAppError } from '../../shared/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { enforce } from './enforce.ts'
import type { PolicyName } from './policies.ts'

const limitBy = (...names: PolicyName[]) =>
  createMiddleware<AppEnv>(async (c, next) => {
    await enforce(c, names)
    await next()
  })

export const limitSignIn = limitBy('sign-in-minute', 'sign-in-hour')

export const limitRegister = limitBy('register')

/** By the account that `login` in the body names, whether or not there is one, and by address. */
export const limitForgottenPassword = limitBy('forgotten-password-login', 'forgotten-password-address')

export const limitRefresh = limitBy('refresh')

/** Ten checkouts a minute for a buyer: a double click is none too many, a card tester is. */
export const limitCheckout = limitBy('checkout')

/**
 * Whether a buyer's question about an open checkout may become one to Stripe. Beyond the limit it is answered with what
 * the shop knows: nobody can use up Stripe's own limit for all.
 */
export const mayAskStripe = (c: Context<AppEnv>): Promise<boolean> =>
  enforce(c, ['checkout-result']).then(
    () => true,
    (error: unknown) => {
      if (isAppError(error, 'rate-limited')) return false
      throw error
    },
  )

/**
 * After `requireMember`. What sends a link to an address that nobody has proven to be theirs: else an account opened
 * under a stranger's address could fill their mailbox.
 */
export const limitEmailVerification = limitBy('email-verification')

/** One deletion an hour; a mistyped password is none, and counts towards the account's lock instead. */
export const limitDeleteAccount = createMiddleware<AppEnv>(async (c, next) => {
  const count = await enforce(c, ['delete-account'], 'later')
  await next()
  if (c.res.status < 400) count()
})

/** As in `membersOnly(limit…)`: without a member nothing is counted. */
export const limitExport = limitBy('export-account')

/**
 * To be called for every webhook request whose signature is not valid, before it is refused. Throws `rate-limited`
 * for an address that has sent too many of them. Valid ones are never counted: all events of a flash sale come in.
 */
export async function countRefusedSignature(c: Context<AppEnv>): Promise<void> {
  await enforce(c, ['webhook-refused'])
}
