import { createHash } from 'node:crypto'
import type { Ctx } from '../../context.ts'
import { normalizePassword } from './password-hash.ts'

/** How long a registration waits for the service. */
const DEADLINE_MS = 1_000
const PREFIX = 5

/**
 * Asks the breach service whether it knows the password. The service sees the first five hex digits of the password's
 * SHA-1 and nothing else (k-anonymity). False when no service is configured or it does not answer in time.
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
    // The service pads its answer with made-up suffixes, whose count is 0.
    return text.split(/\r?\n/).some((line) => line.startsWith(`${digest.slice(PREFIX)}:`) && !line.endsWith(':0'))
  } catch (error) {
    log.warn('breached-passwords-unavailable', { error })
    return false
  }
}
