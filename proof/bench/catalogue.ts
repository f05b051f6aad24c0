import type pg from 'pg'

const IMAGES_EACH = 2
const SKUS_EACH = 3

/** What is sold in a benchmark: slugs of active products, and their tracked SKUs. */
export interface Catalogue {
  slugs: string[]
  skuIds: string[]
}

/** Adds products like those of the sample shop, each with two images and three SKUs that have a price and much stock. */
export async function addProducts(db: pg.Client, count: number): Promise<Catalogue> {
  const { rows } = await db.query<{ id: string; slug: string }>(
    `INSERT INTO products (identifier, slug, title, headline, description_part1, description_part2)
     SELECT 'B' || lpad(n::text, 9, '0'), 'bench-product-' || n, 'Bench product ' || n, sample.headline,
       sample.description_part1, sample.description_part2
     FROM generate_series(1, $1::int) n,
       LATERAL (SELECT * FROM products WHERE slug = 'stoneware-mug') sample
     RETURNING id, slug`,
    [count],
  )
  const ids = rows.map(({ id }) => id)
  await db.query(
    `INSERT INTO product_images (product_id, url, caption, is_main, position)
     SELECT id, '/images/products/mug.svg', 'A picture', n = 1, n FROM unnest($1::uuid[]) id, generate_series(1, $2::int) n`,
    [ids, IMAGES_EACH],
  )
  const skus = await db.query<{ id: string }>(
    `WITH made AS (
       INSERT INTO skus (code, on_hand, color, description)
       SELECT 'BENCH-' || id || '-' || n, 1000000, 'Sea', 'A variant' FROM unnest($1::uuid[]) id, generate_series(1, $2::int) n
       RETURNING id, code
     ), joined AS (
       INSERT INTO product_skus (product_id, sku_id, position)
       SELECT substr(code, 7, 36)::uuid, id, substr(code, 44)::int FROM made
     ), priced AS (
       INSERT INTO sku_prices (sku_id, amount, currency, effective_at) SELECT id, 2500, 'usd', '2020-01-01' FROM made
     )
     SELECT id FROM made`,
    [ids, SKUS_EACH],
  )
  await db.query('ANALYZE')
  return { slugs: rows.map(({ slug }) => slug), skuIds: skus.rows.map(({ id }) => id) }
}
