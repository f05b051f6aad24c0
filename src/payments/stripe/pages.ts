import type Stripe from 'stripe'
import { answerOf } from './errors.ts'

const PAGE = 100

type PageOf = { limit: number; starting_after?: string }

/**
 * Reads up to `pages` pages of a hundred of one of Stripe's lists, newest first; `complete` says whether that is the whole
 * list. Throws `stripe-api-error`.
 */
export async function listPages<T extends { id: string }>(
  list: (page: PageOf) => Promise<Pick<Stripe.ApiList<T>, 'data' | 'has_more'>>,
  pages: number,
): Promise<{ items: T[]; complete: boolean }> {
  const items: T[] = []
  for (let page = 0; page < pages; page++) {
    const last = items.at(-1)
    const after = last === undefined ? {} : { starting_after: last.id }
    const { data, has_more: more } = await answerOf(list({ limit: PAGE, ...after }))
    items.push(...data)
    if (!more) return { items, complete: true }
  }
  return { items, complete: false }
}
