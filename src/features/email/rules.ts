import { absoluteUrl } from '../../shared/absolute-url.ts'

const BASE_SECONDS = 5
const CAP_SECONDS = 6 * 60 * 60

/** After this many attempts an email counts as undeliverable: about ten hours. As many as the queue delivers. */
export const ATTEMPTS_MAX = 10

/**
 * Seconds until the next attempt after `attempt` (1, 2, …) failed: 5 × 3^(attempt-1), at most six hours, of which
 * `random` (0 to 1) takes off up to a quarter, so that emails that failed together do not come back together.
 */
export function retryDelaySeconds(attempt: number, random: number): number {
  const full = Math.min(CAP_SECONDS, BASE_SECONDS * 3 ** (attempt - 1))
  return Math.ceil(full * (1 - random / 4))
}

/**
 * The address of a picture that mail clients show; null when there is none. They show no SVG: an illustration below
 * `public/images/` has its PNG beside it, other SVGs are left out.
 */
export function emailImageUrl(url: string | null, publicApiUrl: string): string | null {
  if (url === null) return null
  if (!/\.svg$/i.test(url)) return absoluteUrl(url, publicApiUrl)
  return url.startsWith('/images/') ? absoluteUrl(url.replace(/svg$/i, 'png'), publicApiUrl) : null
}
