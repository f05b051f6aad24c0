import { invalidParameter, noSuchReference } from './errors.ts'
import type { CreatedRange } from './params.ts'

type ListObject<T> = { object: 'list'; data: T[]; has_more: boolean; url: string }

type ListParams = {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
}

/**
 * A page of `items`, which stand in the order the list shows them. Default 10, at most 100.
 * Throws a 400 StripeError for a cursor that names none of the objects.
 */
export function page<T extends { id: string }>(
  items: T[],
  params: ListParams,
  url: string,
  noun: string,
): ListObject<T> {
  const { limit = 10, starting_after, ending_before } = params
  if (starting_after !== undefined && ending_before !== undefined) {
    throw invalidParameter('You cannot parameterize this request with both `starting_after` and `ending_before`.')
  }
  const indexOf = (id: string, param: string): number => {
    const index = items.findIndex((item) => item.id === id)
    if (index < 0) throw noSuchReference(noun, id, param)
    return index
  }
  if (ending_before !== undefined) {
    const end = indexOf(ending_before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', data: items.slice(start, end), has_more: start > 0, url }
  }
  const start = starting_after === undefined ? 0 : indexOf(starting_after, 'starting_after') + 1
  return { object: 'list', data: items.slice(start, start + limit), has_more: start + limit < items.length, url }
}

/** Newest first, as Stripe lists everything that has a creation time. */
export const newestFirst = <T>(items: Iterable<T>): T[] => [...items].toReversed()

export function createdWithin(created: number, range: CreatedRange | undefined): boolean {
  if (!range) return true
  return (
    created > (range.gt ?? -Infinity) &&
    created >= (range.gte ?? -Infinity) &&
    created < (range.lt ?? Infinity) &&
    created <= (range.lte ?? Infinity)
  )
}
