import { z } from '@hono/zod-openapi'
import { SALE_CHECK_NAMES } from './check-sale-readiness.ts'

const partSchema = z.enum(['ok', 'failed'])
const saleCheckSchema = z
  .enum(['ok', 'failed', 'unknown'])
  .openapi({ description: '`unknown` while the database does not answer' })

const CHECKS = {
  database: partSchema,
  kv: partSchema,
  queue: partSchema,
  initial_order_status: saleCheckSchema,
  shipping_method: saleCheckSchema,
  prices: saleCheckSchema,
  sender: saleCheckSchema,
  terms_of_sale: saleCheckSchema,
  email_templates: saleCheckSchema,
}

export const readinessSchema = z
  .object({
    status: partSchema,
    checks: z.object(CHECKS),
    problems: z
      .array(z.object({ check: z.enum(SALE_CHECK_NAMES), message: z.string() }))
      .openapi({ description: 'What a sale needs and lacks. Why database, KV or queue failed is in the log only' }),
  })
  .openapi('Readiness')

export type Readiness = z.infer<typeof readinessSchema>
