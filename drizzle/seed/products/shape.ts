/** `file` lies in public/images/products, without its extension. */
export type SeedImage = { file: string; caption: string }

export type SeedSku = {
  code: string
  description: string
  type?: string
  color?: string
  size?: string
  /** Units in the warehouse; null when stock is not tracked. */
  stock: number | null
  state?: 'back_ordered' | 'out_of_stock'
  /** Price history in minor units: from which moment which price holds. */
  prices: [from: string, amount: number][]
  images?: SeedImage[]
}

export type SeedProduct = {
  /** Ten characters. */
  identifier: string
  slug: string
  title: string
  headline: string
  /** Markdown: what it is, then what one needs to know. */
  description: [string, string]
  madeAt: string
  /** The first one is the main image. */
  images: [SeedImage, ...SeedImage[]]
  skus: [SeedSku, ...SeedSku[]]
}

/** When the shop opened: the first price of everything. */
export const OPENING = '2025-01-15T08:00:00Z'
export const SPRING_2025 = '2025-03-20T08:00:00Z'
export const AUTUMN_2025 = '2025-09-22T08:00:00Z'
/** Far enough to stay in the future: a scheduled price that does not hold yet. */
export const NEW_YEAR_2030 = '2030-01-01T00:00:00Z'
