import { POLICIES } from './policies.ts'

type Name = keyof typeof POLICIES

/** `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers: quota and window of each policy. */
export const policyHeader = (names: Name[]): string =>
  names.map((name) => `"${name}";q=${POLICIES[name].limit};w=${POLICIES[name].windowSeconds}`).join(', ')

/** `RateLimit` of the same draft: hits that remain, seconds until the window ends. */
export const stateHeader = (states: { name: Name; remaining: number; reset: number }[]): string =>
  states.map(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`).join(', ')
