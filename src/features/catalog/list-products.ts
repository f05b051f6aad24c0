import { z } from 'zod'
import type { Ctx } from '../../context.ts'
import { absoluteUrl } from '../../shared/absolute-url.ts'
import { money } from '../../shared/money.ts'
import { decodeCursor, toPage } from '../../shared/pagination.ts'
import { type ListedRow, listProductRows, type ProductKey, type ProductSort } from './queries/product-list.ts'
import type { ProductList, ProductListQuery } from './schemas.ts'

// PostgreSQL stores neither NUL nor half a surrogate pair, so a cursor with one is forged and would be an error there.
const storable = z.string().refine((text) => !text.includes('\0') && text.isWellFormed())

/** The form of a cursor for each sort. It names the sort, so that it cannot be used with another. */
const CURSORS: Record<ProductSort, z.ZodType<[string, string | number | null, string]>> = {
  newest: z.tuple([z.literal('newest'), z.null(), z.guid()]),
  title: z.tuple([z.literal('title'), storable, z.guid()]),
  price: z.tuple([z.literal('price'), z.int32(), z.guid()]),
  '-price': z.tuple([z.literal('-price'), z.int32(), z.guid()]),
}

function readKey(sort: ProductSort, cursor: string): ProductKey {
  const [, value, id] = decodeCursor(cursor, CURSORS[sort])
  return value === null ? { id } : { value, id }
}

/** A page of active products. Throws `invalid-cursor`. */
export async function listProducts(ctx: Ctx, query: ProductListQuery): Promise<ProductList> {
  const { PUBLIC_API_URL, CURRENCY } = ctx.env
  const { sort, limit, cursor } = query
  const rows = await listProductRows(ctx.db, {
    filter: {
      words: query.q,
      inStock: query.in_stock,
      color: query.color,
      size: query.size,
      minAmount: query.min_price,
      maxAmount: query.max_price,
    },
    sort,
    key: cursor === undefined ? undefined : readKey(sort, cursor),
    // One more than the page shows, to know whether there is a next page.
    limit: limit + 1,
    at: { currency: CURRENCY, now: ctx.now() },
  })
  const toItem = ({ id, slug, title, headline, image, amount }: ListedRow) => ({
    id,
    slug,
    title,
    headline,
    image: image && { ...image, url: absoluteUrl(image.url, PUBLIC_API_URL) },
    price_from: amount === null ? null : money(amount, CURRENCY),
  })
  return toPage(rows, limit, toItem, (row) => [sort, row.sortValue, row.id])
}
