import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '../../../db/client.ts'
import { runStatement } from '../../../db/transaction.ts'
import type { PriceMoment } from '../../../shared/price-moment.ts'
import { currentPrice } from './current-price.ts'

const imageRow = z.object({ url: z.string(), caption: z.string() })

const productRow = z.object({
  id: z.string(),
  identifier: z.string(),
  slug: z.string(),
  title: z.string(),
  headline: z.string(),
  descriptionPart1: z.string(),
  descriptionPart2: z.string(),
  images: z.array(imageRow),
  skus: z.array(
    z.object({
      id: z.string(),
      code: z.string(),
      type: z.string(),
      description: z.string(),
      color: z.string().nullable(),
      size: z.string().nullable(),
      inventoryState: z.enum(['in_stock', 'back_ordered', 'out_of_stock']),
      onHand: z.int().nullable(),
      reserved: z.int(),
      amount: z.int().nullable(),
      images: z.array(imageRow),
    }),
  ),
})

const IMAGES_OF_PRODUCT = sql`
  SELECT json_agg(json_build_object('url', i.url, 'caption', i.caption) ORDER BY i.is_main DESC, i.position, i.id)
  FROM product_images i WHERE i.product_id = p.id`

const IMAGES_OF_SKU = sql`
  SELECT json_agg(json_build_object('url', i.url, 'caption', i.caption) ORDER BY i.position, i.id)
  FROM sku_images i WHERE i.sku_id = s.id`

/** Reads an active product with its images and SKUs, in one statement; undefined when there is none. */
export async function findProduct(db: Db, slug: string, at: PriceMoment) {
  const result = await runStatement(() =>
    db.execute(sql`
      SELECT p.id, p.identifier, p.slug, p.title, p.headline,
        p.description_part1 AS "descriptionPart1", p.description_part2 AS "descriptionPart2",
        coalesce((${IMAGES_OF_PRODUCT}), '[]') AS images,
        coalesce((
          SELECT json_agg(json_build_object(
            'id', s.id, 'code', s.code, 'type', s.type, 'description', s.description, 'color', s.color, 'size', s.size,
            'inventoryState', s.inventory_state, 'onHand', s.on_hand, 'reserved', s.reserved,
            'amount', ${currentPrice(sql`s.id`, at)}, 'images', coalesce((${IMAGES_OF_SKU}), '[]')
          ) ORDER BY ps.position, s.code)
          FROM product_skus ps JOIN skus s ON s.id = ps.sku_id WHERE ps.product_id = p.id), '[]') AS skus
      FROM products p WHERE p.slug = ${slug} AND p.status = 'active'`),
  )
  return result.rows[0] === undefined ? undefined : productRow.parse(result.rows[0])
}
