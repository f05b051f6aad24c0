import { type SQL, sql } from 'drizzle-orm'
import {
  boolean,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { amount, createdAt, currency, fitsCurrency, id, moment } from './columns.ts'

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

export const products = pgTable(
  'products',
  {
    id: id(),
    identifier: text().notNull(),
    slug: text().notNull(),
    title: text().notNull(),
    headline: text().notNull().default(''),
    descriptionPart1: text().notNull().default(''),
    descriptionPart2: text().notNull().default(''),
    status: text({ enum: ['draft', 'active', 'archived'] })
      .notNull()
      .default('active'),
    createdAt: createdAt(),
    updatedAt: createdAt(),
    search: tsvector()
      .notNull()
      .generatedAlwaysAs(
        (): SQL =>
          sql`setweight(to_tsvector('simple', ${products.title}), 'A') || setweight(to_tsvector('simple', ${products.headline}), 'B') || setweight(to_tsvector('simple', ${products.descriptionPart1} || ' ' || ${products.descriptionPart2}), 'C')`,
      ),
  },
  (t) => [
    unique('products_identifier_unique').on(t.identifier),
    unique('products_slug_unique').on(t.slug),
    check('product_identifier_has_ten_characters', sql`char_length(${t.identifier}) = 10`),
    check('product_status_known', sql`${t.status} IN ('draft', 'active', 'archived')`),
    index('products_active_newest')
      .on(t.id)
      .where(sql`status = 'active'`),
    index('products_active_title')
      .on(t.title, t.id)
      .where(sql`status = 'active'`),
    index('products_search').using('gin', t.search),
  ],
)

export const productImages = pgTable(
  'product_images',
  {
    id: id(),
    productId: uuid()
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    url: text().notNull(),
    caption: text().notNull().default(''),
    isMain: boolean().notNull().default(false),
    position: integer().notNull().default(0),
  },
  (t) => [
    index('product_images_by_product').on(t.productId, t.position),
    uniqueIndex('product_one_main_image')
      .on(t.productId)
      .where(sql`is_main`),
  ],
)

export const skus = pgTable(
  'skus',
  {
    id: id(),
    code: text().notNull(),
    type: text().notNull().default('product'),
    inventoryState: text({ enum: ['in_stock', 'back_ordered', 'out_of_stock'] })
      .notNull()
      .default('in_stock'),
    /** Units in the warehouse, reserved ones included; null when stock is not tracked. */
    onHand: integer(),
    /** Units reserved by open checkouts; counted without tracking too, so that tracking can start at any time. */
    reserved: integer().notNull().default(0),
    color: text(),
    size: text(),
    description: text().notNull().default(''),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  (t) => [
    unique('skus_code_unique').on(t.code),
    // Without this index, filtering by a rare colour would read all SKUs.
    index('skus_by_color').on(sql`lower(${t.color})`),
    index('skus_by_size').on(sql`lower(${t.size})`),
    check('sku_inventory_state_known', sql`${t.inventoryState} IN ('in_stock', 'back_ordered', 'out_of_stock')`),
    check('stock_reserved_not_negative', sql`${t.reserved} >= 0`),
    check('stock_never_oversold', sql`${t.onHand} IS NULL OR (${t.onHand} >= 0 AND ${t.reserved} <= ${t.onHand})`),
  ],
)

export const skuImages = pgTable(
  'sku_images',
  {
    id: id(),
    skuId: uuid()
      .notNull()
      .references(() => skus.id, { onDelete: 'cascade' }),
    url: text().notNull(),
    caption: text().notNull().default(''),
    position: integer().notNull().default(0),
  },
  (t) => [index('sku_images_by_sku').on(t.skuId, t.position)],
)

export const productSkus = pgTable(
  'product_skus',
  {
    productId: uuid()
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    skuId: uuid()
      .notNull()
      .references(() => skus.id, { onDelete: 'cascade' }),
    position: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ name: 'product_skus_pair', columns: [t.productId, t.skuId] }),
    index('product_skus_by_sku').on(t.skuId, t.position),
  ],
)

export const skuPrices = pgTable(
  'sku_prices',
  {
    id: id(),
    skuId: uuid()
      .notNull()
      .references(() => skus.id, { onDelete: 'cascade' }),
    amount: amount().notNull(),
    currency: currency().notNull(),
    /** The price applies from this moment until the next row's; a row in the future is a scheduled price. */
    effectiveAt: moment().notNull().defaultNow(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('sku_price_once_per_moment').on(t.skuId, t.currency, t.effectiveAt),
    check('sku_price_not_negative', sql`${t.amount} >= 0`),
    check('sku_price_fits_currency', fitsCurrency(t.amount, t.currency)),
    check('sku_price_currency_lower_case', sql`${t.currency} ~ '^[a-z]{3}$'`),
  ],
)

/** The columns of a priced line, which a checkout has and its order copies. */
export const lineColumns = () => ({
  skuId: uuid()
    .notNull()
    .references(() => skus.id, { onDelete: 'restrict' }),
  productId: uuid().references(() => products.id, { onDelete: 'set null' }),
  productSlug: text(),
  title: text().notNull(),
  /** The SKU's description, colour and size in one text. */
  description: text().notNull(),
  skuCode: text().notNull(),
  color: text(),
  size: text(),
  /** A full URL, or a path for the shop's own images; null when neither SKU nor product had an image. */
  imageUrl: text(),
  imageCaption: text(),
  position: integer().notNull(),
  quantity: integer().notNull(),
  unitAmount: amount().notNull(),
  discountAmount: amount().notNull(),
  lineTotalAmount: amount().notNull(),
})
