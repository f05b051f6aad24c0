import { z } from '@hono/zod-openapi'
import { exponentOf } from './currency.ts'

/** Money on the wire: integer minor units and a lower-case ISO 4217 code. */
export const moneySchema = z
  .object({
    amount: z
      .int()
      .openapi({ example: 1999, description: "Integer in the currency's minor unit, as Stripe counts it" }),
    currency: z.string().length(3).openapi({ example: 'usd', description: 'ISO 4217, lower case' }),
  })
  .openapi('Money')

export type Money = z.infer<typeof moneySchema>

export const money = (amount: number, currency: string): Money => ({ amount, currency })

/**
 * Formats minor units as Stripe counts them for people, e.g. `(1999, 'usd', 'en')` → `$19.99`. Decimals that people no
 * longer use (`50000` of `isk` are 500 crowns) show only where they are not zero.
 */
export function formatMoney(amount: number, currency: string, locale: string): string {
  const exponent = exponentOf(currency)
  const style = { style: 'currency', currency: currency.toUpperCase() } as const
  const usual = new Intl.NumberFormat(locale, style).resolvedOptions().maximumFractionDigits ?? exponent
  const digits = usual < exponent && amount % 10 ** (exponent - usual) === 0 ? usual : exponent
  const format = new Intl.NumberFormat(locale, {
    ...style,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format.format(amount / 10 ** exponent)
}
