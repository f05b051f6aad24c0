import { POLICIES, type PolicyName } from './policies.ts'

/** `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers: quota and window of each policy. */
export const policyHeader = (names: PolicyName[]): string =>
  names.map((name) => `"${name}";q=${POLICIES[name].limit};w=${POLICIES[name].windowSeconds}`).join(', ')

/** `RateLimit` of the same draft: hits that remain, seconds until the window ends. */
export const stateHeader = (states: { name: PolicyName; remaining: number; reset: number }[]): string =>
  states.map(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`).join(', ')
