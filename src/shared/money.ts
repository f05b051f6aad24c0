import { z } from '@hono/zod-openapi'
import { exponentOf } from './currency.ts'

/** Money in the API: integer minor units and a lower-case ISO 4217 code. */
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
 * Formats an amount in Stripe's minor units for people: `(1999, 'usd', 'en')` → `$19.99`. For a currency that is written
 * without decimals, they show only if they are not zero (`50000` in `isk` is 500 crowns).
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
