import { isIP } from 'node:net'
import { z } from 'zod'
import type { Ctx } from '../../context.ts'
import { fetchWithin } from '../../shared/deadline.ts'
import { AppError } from '../../shared/errors.ts'

const CLOUDFLARE = 'https://challenges.cloudflare.com'
/** How long to wait for each of two attempts to ask Cloudflare. */
const TIMEOUT_MS = 2_500
const ATTEMPTS = 2

const answerSchema = z.object({
  success: z.boolean(),
  hostname: z.string().optional(),
  'error-codes': z.array(z.string()).default([]),
})

export type Question = {
  token: string
  /** The caller's address, as far as we know it. */
  remoteIp: string
  /** A UUID. Cloudflare accepts a used token again with the same key; with another it answers `timeout-or-duplicate`. */
  idempotencyKey: string
}

/** `unanswered`: Cloudflare did not answer, which says nothing about the caller. */
export type Verdict = 'passed' | 'failed' | 'unanswered'

async function askOnce({ env }: Ctx, { token, remoteIp, idempotencyKey }: Question) {
  const address = `${env.TURNSTILE_API_BASE ?? CLOUDFLARE}/turnstile/v0/siteverify`
  const response = await fetchWithin(TIMEOUT_MS, address, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      secret: env.TURNSTILE_SECRET_KEY,
      response: token,
      ...(isIP(remoteIp) === 0 ? {} : { remoteip: remoteIp }),
      idempotency_key: idempotencyKey,
    }),
  })
  const answer = answerSchema.parse(await response.json())
  if (answer['error-codes'].includes('internal-error')) throw new Error('siteverify: internal-error')
  return answer
}

/**
 * Asks Cloudflare whether a token is valid. A token is valid once: of two requests with the same token, one passes.
 * Throws `misconfigured` when Cloudflare does not know our secret.
 */
export async function siteverify(ctx: Ctx, question: Question): Promise<Verdict> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const { success, hostname = '', 'error-codes': codes } = await askOnce(ctx, question)
      if (codes.some((code) => code === 'invalid-input-secret' || code === 'missing-input-secret'))
        throw new AppError('misconfigured', 'The Worker is not configured: TURNSTILE_SECRET_KEY.')
      const isOurs = ctx.env.TURNSTILE_HOSTNAMES.includes(hostname)
      if (success && isOurs) return 'passed'
      ctx.log.info('turnstile-failed', { codes: success ? ['wrong-hostname'] : codes, hostname })
      return 'failed'
    } catch (error) {
      if (error instanceof AppError) throw error
      ctx.log.warn('turnstile-unanswered', { attempt, error })
    }
  }
  return 'unanswered'
}
