import { type SQL, sql } from 'drizzle-orm'
import type { PriceMoment } from '../../../shared/price-moment.ts'

/** A scalar query: the price of a SKU at that moment in minor units, null when it has none. */
export const currentPrice = (skuId: SQL, { currency, now }: PriceMoment): SQL => sql`(
  SELECT price.amount FROM sku_prices price
  WHERE price.sku_id = ${skuId} AND price.currency = ${currency} AND price.effective_at <= ${now.toISOString()}::timestamptz
  ORDER BY price.effective_at DESC LIMIT 1)`
