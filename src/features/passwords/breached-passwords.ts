import { createHash } from 'node:crypto'
import type { Ctx } from '../../context.ts'
import { normalizePassword } from './password-hash.ts'

/** Nobody who registers waits for longer than this. */
const DEADLINE_MS = 1_000
const PREFIX = 5

/**
 * Whether the password is known from a breach, by a range query (k-anonymity): the service learns five digits of its
 * SHA-1 and nothing else. Without a service, or when it does not answer in time, no password is.
 */
export async function isBreached({ env, log }: Ctx, password: string): Promise<boolean> {
  const { PWNED_PASSWORDS_URL: url } = env
  if (url === undefined) return false
  const digest = createHash('sha1').update(normalizePassword(password)).digest('hex').toUpperCase()
  try {
    const answer = await fetch(`${url}/${digest.slice(0, PREFIX)}`, {
      headers: { 'Add-Padding': 'true' },
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`status ${answer.status}`)
    // Padding has a count of 0.
    return text.split(/\r?\n/).some((line) => line.startsWith(`${digest.slice(PREFIX)}:`) && !line.endsWith(':0'))
  } catch (error) {
    log.warn('breached-passwords-unavailable', { error })
    return false
  }
}
