import type { Metadata } from '../model/objects.ts'

/** Stripe's update rule: keys are merged, an empty value removes its key, null (an empty string) removes all. */
export function mergedMetadata(current: Metadata, change: Metadata | null | undefined): Metadata {
  if (change === undefined) return current
  if (change === null) return {}
  return Object.fromEntries(Object.entries({ ...current, ...change }).filter(([, value]) => value !== ''))
}

/** On creation, keys with an empty value are left out. */
export const newMetadata = (given: Metadata | null | undefined): Metadata => mergedMetadata({}, given ?? {})
