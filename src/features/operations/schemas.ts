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
  ...(Object.fromEntries(SALE_CHECK_NAMES.map((name) => [name, saleCheckSchema])) as Record<
    (typeof SALE_CHECK_NAMES)[number],
    typeof saleCheckSchema
  >),
}

export const readinessSchema = z
  .object({
    status: partSchema,
    checks: z.object(CHECKS),
    problems: z
      .array(z.object({ check: z.enum(SALE_CHECK_NAMES), message: z.string() }))
      .openapi({ description: 'What is wrong with what a sale needs; why a part failed stands in the log only' }),
  })
  .openapi('Readiness')

export type Readiness = z.infer<typeof readinessSchema>
