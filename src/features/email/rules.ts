import { absoluteUrl } from '../../shared/absolute-url.ts'

const BASE_SECONDS = 5
const CAP_SECONDS = 6 * 60 * 60

/** After this many attempts, about ten hours, an email is given up. The queue delivers a message as often. */
export const ATTEMPTS_MAX = 10

/**
 * Seconds to wait after `attempt` (1, 2, …) failed: 5 × 3^(attempt-1), at most six hours. `random` (0 to 1) takes off up
 * to a quarter, so that emails that failed together are not retried together.
 */
export function retryDelaySeconds(attempt: number, random: number): number {
  const full = Math.min(CAP_SECONDS, BASE_SECONDS * 3 ** (attempt - 1))
  return Math.ceil(full * (1 - random / 4))
}

/**
 * The URL of an image that mail clients can show; null when there is none. Mail clients show no SVG, so an illustration
 * below `public/images/` is replaced by the PNG beside it, and other SVGs are left out.
 */
export function emailImageUrl(url: string | null, publicApiUrl: string): string | null {
  if (url === null) return null
  if (!/\.svg$/i.test(url)) return absoluteUrl(url, publicApiUrl)
  return url.startsWith('/images/') ? absoluteUrl(url.replace(/svg$/i, 'png'), publicApiUrl) : null
}
