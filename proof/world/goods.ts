/** Runs a statement and answers its rows. */
export type Query = (sql: string, values: unknown[]) => Promise<Record<string, unknown>[]>

export interface Goods {
  /** Letters and digits, at most ten. */
  identifier: string
  title: string
  slug?: string
  /** Made by the database unless given, as the SKU's id is. */
  productId?: string
  skuId?: string
  skuCode: string
  /** Units that are there; null when nobody counts them. */
  onHand: number | null
  /** In US cents. */
  amount: number
  inventoryState?: string
  status?: string
}

const INSERT = `
  WITH product AS (
    INSERT INTO products (id, identifier, slug, title, status)
    VALUES (coalesce($1, uuidv7()), $2, $3, $4, $5) RETURNING id
  ), sku AS (
    INSERT INTO skus (id, code, inventory_state, on_hand) VALUES (coalesce($6, uuidv7()), $7, $8, $9) RETURNING id
  ), pair AS (
    INSERT INTO product_skus (product_id, sku_id) SELECT product.id, sku.id FROM product, sku
  ), price AS (
    INSERT INTO sku_prices (sku_id, amount, currency, effective_at) SELECT id, $10, 'usd', '2020-01-01' FROM sku
  )
  SELECT product.id AS product_id, sku.id AS sku_id FROM product, sku`

/** Puts a product with one SKU and a price that holds into the shop. */
export async function addProduct(query: Query, goods: Goods): Promise<{ productId: string; skuId: string }> {
  const { identifier, title, slug = identifier.toLowerCase(), status = 'active', inventoryState = 'in_stock' } = goods
  const [row] = await query(INSERT, [
    goods.productId ?? null,
    identifier,
    slug,
    title,
    status,
    goods.skuId ?? null,
    goods.skuCode,
    inventoryState,
    goods.onHand,
    goods.amount,
  ])
  return { productId: String(row?.['product_id']), skuId: String(row?.['sku_id']) }
}
