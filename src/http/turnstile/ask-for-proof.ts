import type { Context } from 'hono'
import { shopperIds } from '../../actor.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { AppError } from '../../shared/errors.ts'
import { TURNSTILE_TOKEN_MAX, type TurnstileForm, turnstileHint } from '../../shared/turnstile.ts'
import type { AppEnv } from '../app-env.ts'
import { clientAddress } from '../client-address.ts'
import { enforce } from '../rate-limit/enforce.ts'
import { siteverify } from './siteverify.ts'

async function tokenOf(c: Context<AppEnv>): Promise<string | undefined> {
  const body: unknown = await c.req.json().catch(() => undefined)
  const token =
    typeof body === 'object' && body !== null && 'turnstile_token' in body ? body.turnstile_token : undefined
  return typeof token === 'string' && token !== '' && token.length <= TURNSTILE_TOKEN_MAX ? token : undefined
}

/**
 * The idempotency key for Cloudflare. A checkout repeated under its `Idempotency-Key` is the same checkout and may repeat
 * its token. Every other call gets a new key, so that a solved challenge is good for one call.
 */
async function idempotencyKeyOf(c: Context<AppEnv>, form: TurnstileForm, token: string): Promise<string> {
  const given = c.req.header('Idempotency-Key')
  if (form !== 'checkout' || given === undefined) return crypto.randomUUID()
  const { memberId, visitorId } = shopperIds(c.get('ctx').actor)
  const digest = await sha256Hex(JSON.stringify([memberId, visitorId, given, token]))
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
}

/**
 * Checks the Turnstile token in the body, if there is one, and sets `isProven` when it is valid. Requires a token if
 * `TURNSTILE_REQUIRED_FOR` names the form. Without `TURNSTILE_SECRET_KEY` it does nothing. When Cloudflare does not
 * answer, the request passes without `isProven`, so that the limits by address still apply.
 * Calls with a token are counted before Cloudflare is asked, since a refused one never reaches the route's own limits.
 * Throws `turnstile-required`, `turnstile-failed`, `rate-limited`.
 */
export async function askForProof(c: Context<AppEnv>, form: TurnstileForm): Promise<void> {
  const ctx = c.get('ctx')
  if (ctx.env.TURNSTILE_SECRET_KEY === undefined) return
  const token = await tokenOf(c)
  const details = turnstileHint(ctx.env)
  if (token !== undefined) {
    await enforce(c, ['turnstile'])
    const verdict = await siteverify(ctx, {
      token,
      remoteIp: clientAddress(c),
      idempotencyKey: await idempotencyKeyOf(c, form, token),
    })
    if (verdict === 'failed')
      throw new AppError('turnstile-failed', 'The check failed, or its token was used before. Solve it again.', {
        details,
      })
    if (verdict === 'passed') c.set('isProven', true)
  } else if (ctx.env.TURNSTILE_REQUIRED_FOR.includes(form)) {
    throw new AppError('turnstile-required', 'Solve the check and send its token as turnstile_token.', { details })
  }
}
