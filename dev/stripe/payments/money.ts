/** Currencies without a minor unit: their amounts are whole units. */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))

/** Amounts of these end in 0. */
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '))

/** Whole units, written with two decimals of zero. */
const ALWAYS_WHOLE = new Set(['isk', 'ugx'])

/** What every amount in a currency must be a multiple of. */
export function stepOf(currency: string): number {
  if (ALWAYS_WHOLE.has(currency)) return 100
  return THREE_DECIMAL.has(currency) ? 10 : 1
}

/** Smallest amount that can be charged, in minor units; https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const MINIMUM: Record<string, number> = {
  ...Object.fromEntries('usd aud brl cad chf eur inr nzd sgd'.split(' ').map((code) => [code, 50])),
  aed: 200,
  bgn: 100,
  czk: 1500,
  dkk: 250,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  pln: 200,
  ron: 200,
  sek: 300,
  thb: 1000,
}

export const minimumCharge = (currency: string): number => MINIMUM[currency] ?? 50

/** For people: `$19.99`. `amount` is in minor units. */
export function formatMoney(amount: number, currency: string): string {
  const digits = ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format.format(amount / 10 ** digits)
}
