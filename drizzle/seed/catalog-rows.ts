import type { productImages, productSkus, products, skuImages, skuPrices, skus } from '../../src/db/schema/catalog.ts'
import { homeProducts } from './products/home.ts'
import { kitchenProducts } from './products/kitchen.ts'
import { paperProducts } from './products/paper.ts'
import { OPENING, type SeedImage, type SeedProduct, type SeedSku } from './products/shape.ts'
import { tableProducts } from './products/table.ts'
import { wearProducts } from './products/wear.ts'
import { stableId } from './stable-id.ts'

const sampleProducts: SeedProduct[] = [
  ...tableProducts,
  ...kitchenProducts,
  ...wearProducts,
  ...homeProducts,
  ...paperProducts,
]

/** A SKU that stands in several products counts once. */
const sampleSkus: SeedSku[] = [
  ...new Map(sampleProducts.flatMap((product) => product.skus).map((sku) => [sku.code, sku])).values(),
]

const productId = (product: SeedProduct): string => stableId(`product:${product.slug}`, product.madeAt)
const skuId = (sku: SeedSku): string => stableId(`sku:${sku.code}`, OPENING)
const imageUrl = (image: SeedImage): string => `/images/products/${image.file}.svg`

export const productRows: (typeof products.$inferInsert)[] = sampleProducts.map((product) => ({
  id: productId(product),
  identifier: product.identifier,
  slug: product.slug,
  title: product.title,
  headline: product.headline,
  descriptionPart1: product.description[0],
  descriptionPart2: product.description[1],
  createdAt: new Date(product.madeAt),
  updatedAt: new Date(product.madeAt),
}))

export const productImageRows: (typeof productImages.$inferInsert)[] = sampleProducts.flatMap((product) =>
  product.images.map((image, position) => ({
    id: stableId(`product-image:${product.slug}:${image.file}`, product.madeAt),
    productId: productId(product),
    url: imageUrl(image),
    caption: image.caption,
    isMain: position === 0,
    position,
  })),
)

export const skuRows: (typeof skus.$inferInsert)[] = sampleSkus.map((sku) => ({
  id: skuId(sku),
  code: sku.code,
  type: sku.type ?? 'product',
  inventoryState: sku.state ?? 'in_stock',
  onHand: sku.stock,
  color: sku.color ?? null,
  size: sku.size ?? null,
  description: sku.description,
  createdAt: new Date(OPENING),
  updatedAt: new Date(OPENING),
}))

export const skuImageRows: (typeof skuImages.$inferInsert)[] = sampleSkus.flatMap((sku) =>
  (sku.images ?? []).map((image, position) => ({
    id: stableId(`sku-image:${sku.code}:${image.file}`, OPENING),
    skuId: skuId(sku),
    url: imageUrl(image),
    caption: image.caption,
    position,
  })),
)

export const skuPriceRows: (typeof skuPrices.$inferInsert)[] = sampleSkus.flatMap((sku) =>
  sku.prices.map(([from, amount]) => ({
    id: stableId(`price:${sku.code}:${from}`, from),
    skuId: skuId(sku),
    amount,
    currency: 'usd',
    effectiveAt: new Date(from),
    createdAt: new Date(OPENING),
  })),
)

export const productSkuRows: (typeof productSkus.$inferInsert)[] = sampleProducts.flatMap((product) =>
  product.skus.map((sku, position) => ({ productId: productId(product), skuId: skuId(sku), position })),
)
