import { type LimitName, LIMITS } from './limits.ts'

/** `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers: quota and window of each limit. */
export const policyHeader = (names: LimitName[]): string =>
  names.map((name) => `"${name}";q=${LIMITS[name].limit};w=${LIMITS[name].windowSeconds}`).join(', ')

/** `RateLimit` of the same draft: remaining hits, and seconds until the window ends. */
export const stateHeader = (states: { name: LimitName; remaining: number; reset: number }[]): string =>
  states.map(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`).join(', ')
