import { db, unique } from '../support/shop.ts'

type Price = { amount: number; from?: string; currency?: string }

export type SkuGiven = {
  color?: string
  size?: string
  onHand?: number | null
  reserved?: number
  inventoryState?: string
  prices?: Price[]
}

export type ProductGiven = {
  title?: string
  headline?: string
  description?: [string, string]
  status?: string
  skus?: SkuGiven[]
  images?: { url: string; caption?: string; isMain?: boolean }[]
}

/** A word that no other product holds: lists of this test are searches for it. */
export const uniqueWord = (): string => unique('w').replaceAll(/[^a-z0-9]/g, '')

/** A product of its own, with as many SKUs as are given. */
export async function createProduct(given: ProductGiven = {}) {
  const { title = unique('Bowl'), headline = '', description = ['', ''], status = 'active', skus = [{}] } = given
  const slug = unique('product')
  const identifier = Math.random().toString(36).slice(2).padEnd(10, '0').slice(0, 10)
  const [product] = await db`
    INSERT INTO products (identifier, slug, title, headline, description_part1, description_part2, status)
    VALUES (${identifier}, ${slug}, ${title}, ${headline}, ${description[0]}, ${description[1]}, ${status}) RETURNING id`
  const id: string = product!['id']
  for (const [position, { url, caption = '', isMain = false }] of (given.images ?? []).entries())
    await db`INSERT INTO product_images (product_id, url, caption, is_main, position)
      VALUES (${id}, ${url}, ${caption}, ${isMain}, ${position})`
  const skuIds: string[] = []
  for (const sku of skus) skuIds.push(await addSku(id, sku, skuIds.length))
  return { id, slug, title, skuIds }
}

async function addSku(productId: string, given: SkuGiven, position: number): Promise<string> {
  const { onHand = 10, reserved = 0, inventoryState = 'in_stock', prices = [{ amount: 1_000 }] } = given
  const [sku] = await db`
    INSERT INTO skus (code, inventory_state, on_hand, reserved, color, size)
    VALUES (${unique('SKU')}, ${inventoryState}, ${onHand}, ${reserved}, ${given.color ?? null}, ${given.size ?? null})
    RETURNING id`
  const skuId: string = sku!['id']
  await db`INSERT INTO product_skus (product_id, sku_id, position) VALUES (${productId}, ${skuId}, ${position})`
  for (const price of prices) await addPrice(skuId, price)
  return skuId
}

export const addPrice = (skuId: string, { amount, from = '2020-01-01T00:00:00Z', currency = 'usd' }: Price) =>
  db`INSERT INTO sku_prices (sku_id, amount, currency, effective_at) VALUES (${skuId}, ${amount}, ${currency}, ${from})`
