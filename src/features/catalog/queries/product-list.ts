import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '../../../db/client.ts'
import { runStatement } from '../../../db/transaction.ts'
import type { PriceMoment } from '../../../shared/price-moment.ts'
import { currentPrice } from './current-price.ts'

export type ProductSort = 'newest' | 'title' | 'price' | '-price'

/** Where the previous page ended: the value that the list is sorted by, if any, and the product's id. */
export type ProductKey = { value?: string | number; id: string }

export type ProductFilter = {
  words?: string | undefined
  inStock?: boolean | undefined
  color?: string | undefined
  size?: string | undefined
  minAmount?: number | undefined
  maxAmount?: number | undefined
}

const listedRow = z.object({
  id: z.string(),
  slug: z.string(),
  title: z.string(),
  headline: z.string(),
  image: z.object({ url: z.string(), caption: z.string() }).nullable(),
  /** Lowest current price of the product's SKUs. */
  amount: z.int().nullable(),
  /** The value that the list is sorted by, for the next page's `ProductKey`. */
  sortValue: z.union([z.string(), z.int()]).nullable(),
})

export type ListedRow = z.infer<typeof listedRow>

// Sorts a product without a price last, both ascending and descending.
const DEAREST = sql`2147483647`
const CHEAPEST = sql`-1`

const SORTS: Record<ProductSort, { value?: SQL; type?: SQL; descending: boolean }> = {
  newest: { descending: true },
  title: { value: sql`p.title`, type: sql`text`, descending: false },
  price: { value: sql`coalesce(lowest.amount, ${DEAREST})`, type: sql`integer`, descending: false },
  '-price': { value: sql`coalesce(lowest.amount, ${CHEAPEST})`, type: sql`integer`, descending: true },
}

const lowestPrice = (at: PriceMoment): SQL => sql`
  SELECT min(${currentPrice(sql`ps.sku_id`, at)}) AS amount FROM product_skus ps WHERE ps.product_id = p.id`

const MAIN_IMAGE = sql`
  SELECT json_build_object('url', i.url, 'caption', i.caption)
  FROM product_images i WHERE i.product_id = p.id ORDER BY i.is_main DESC, i.position, i.id LIMIT 1`

// Quotes, a minus sign and "or" are operators of websearch_to_tsquery; only without them is the last word a prefix.
const HAS_OPERATORS = /"|(^|\s)-|(^|\s)or(\s|$)/i
const LAST_WORD = /^(.*?)([\p{L}\p{N}\p{M}]+)$/su

/** The condition that a product contains these words. No input is a syntax error. */
function matches(words: string): SQL {
  const whole = sql`websearch_to_tsquery('simple', ${words})`
  const [, before, last] = HAS_OPERATORS.test(words) ? [] : (LAST_WORD.exec(words) ?? [])
  if (before === undefined || last === undefined) return sql`p.search @@ ${whole}`
  // `last` has only letters and digits, so nothing in it can end the quotes.
  const beginning = sql`to_tsquery('simple', ${`'${last}':*`})`
  const unfinished = before.trim() === '' ? beginning : sql`(websearch_to_tsquery('simple', ${before}) && ${beginning})`
  return sql`p.search @@ (${whole} || ${unfinished})`
}

/** The condition that one SKU of the product meets all filters on SKUs; undefined without such a filter. */
function hasSku({ inStock, color, size, minAmount, maxAmount }: ProductFilter, at: PriceMoment): SQL | undefined {
  const wanted = [
    inStock === true &&
      sql`s.inventory_state <> 'out_of_stock' AND (s.on_hand IS NULL OR s.on_hand > s.reserved) AND current.amount IS NOT NULL`,
    color !== undefined && sql`lower(s.color) = lower(${color})`,
    size !== undefined && sql`lower(s.size) = lower(${size})`,
    minAmount !== undefined && sql`current.amount >= ${minAmount}`,
    maxAmount !== undefined && sql`current.amount <= ${maxAmount}`,
  ].filter((condition) => condition !== false)
  if (wanted.length === 0) return undefined
  return sql`EXISTS (
    SELECT FROM product_skus ps JOIN skus s ON s.id = ps.sku_id
    CROSS JOIN LATERAL (SELECT ${currentPrice(sql`s.id`, at)} AS amount) current
    WHERE ps.product_id = p.id AND ${sql.join(wanted, sql` AND `)})`
}

function after({ value, type, descending }: (typeof SORTS)[ProductSort], key: ProductKey): SQL {
  const than = descending ? sql`<` : sql`>`
  return value === undefined || type === undefined
    ? sql`p.id ${than} ${key.id}::uuid`
    : sql`(${value}, p.id) ${than} (${key.value}::${type}, ${key.id}::uuid)`
}

/**
 * At most `limit` active products after `key`, in one statement. The page is cut before images and prices are read, so
 * the cost does not grow with the catalogue; only the sorts by price read every product's price.
 */
export async function listProductRows(
  db: Db,
  query: { filter: ProductFilter; sort: ProductSort; key: ProductKey | undefined; limit: number; at: PriceMoment },
): Promise<ListedRow[]> {
  const { filter, key, limit, at } = query
  const sort = SORTS[query.sort]
  const direction = sort.descending ? sql`DESC` : sql`ASC`
  const byPrice = query.sort === 'price' || query.sort === '-price'
  const where = [
    sql`p.status = 'active'`,
    filter.words === undefined ? undefined : matches(filter.words),
    hasSku(filter, at),
    key === undefined ? undefined : after(sort, key),
  ].filter((condition) => condition !== undefined)
  const result = await runStatement(() =>
    db.execute(sql`
      WITH p AS MATERIALIZED (
        SELECT p.id, p.slug, p.title, p.headline, ${sort.value ?? sql`NULL`} AS sort_value
        FROM products p ${byPrice ? sql`CROSS JOIN LATERAL (${lowestPrice(at)}) lowest` : sql``}
        WHERE ${sql.join(where, sql` AND `)}
        ORDER BY ${sort.value === undefined ? sql`` : sql`${sort.value} ${direction},`} p.id ${direction}
        LIMIT ${limit})
      SELECT p.id, p.slug, p.title, p.headline, p.sort_value AS "sortValue",
        (${MAIN_IMAGE}) AS image, (${lowestPrice(at)}) AS amount
      FROM p
      ORDER BY p.sort_value ${direction}, p.id ${direction}`),
  )
  return result.rows.map((row) => listedRow.parse(row))
}
