import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

type SaleNeeds = { initialStatus: string; currency: string; emCds: readonly string[]; now: Date }

export type SaleReadinessRow = {
  initial_order_status: boolean
  shipping_method: boolean
  prices: boolean
  sender: boolean
  terms_of_sale: boolean
  /** Codes of emails that have no active row. */
  missing_templates: string[]
}

/** Whether the database holds what a sale needs; each part stops at the first row that it finds. */
export const selectSaleReadiness = (db: Db, { initialStatus, currency, emCds, now }: SaleNeeds) =>
  db.execute<SaleReadinessRow>(sql`
    SELECT
      EXISTS (SELECT FROM order_status_types WHERE code = ${initialStatus}) AS initial_order_status,
      EXISTS (SELECT FROM shipping_methods WHERE active AND currency = ${currency}) AS shipping_method,
      EXISTS (SELECT FROM sku_prices price JOIN product_skus ps ON ps.sku_id = price.sku_id
        JOIN products p ON p.id = ps.product_id AND p.status = 'active'
        WHERE price.currency = ${currency} AND price.effective_at <= ${now.toISOString()}) AS prices,
      EXISTS (SELECT FROM shop_settings) AS sender,
      EXISTS (SELECT FROM terms_versions WHERE kind = 'sale' AND effective_at <= ${now.toISOString()}) AS terms_of_sale,
      (SELECT coalesce(json_agg(wanted.em_cd), '[]')
        FROM json_array_elements_text(${JSON.stringify(emCds)}::json) AS wanted (em_cd)
        WHERE NOT EXISTS (SELECT FROM email_templates t WHERE t.em_cd = wanted.em_cd AND t.status = 'active')
      ) AS missing_templates`)
