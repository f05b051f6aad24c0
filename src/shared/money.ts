import { z } from '@hono/zod-openapi'

/** Money on the wire: integer minor units and a lower-case ISO 4217 code. */
export const moneySchema = z
  .object({
    amount: z.int().openapi({ example: 1999, description: "Integer in the currency's minor unit" }),
    currency: z.string().length(3).openapi({ example: 'usd', description: 'ISO 4217, lower case' }),
  })
  .openapi('Money')

export type Money = z.infer<typeof moneySchema>

export const money = (amount: number, currency: string): Money => ({ amount, currency })

/** Formats minor units for people, e.g. `(1999, 'usd', 'en')` → `$19.99`. */
export function formatMoney(amount: number, currency: string, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: currency.toUpperCase() })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits)
}
