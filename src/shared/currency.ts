/**
 * The currencies that Stripe charges, by the number of decimals of its amounts, which for some differs from ISO's and
 * Intl's. https://docs.stripe.com/currencies
 */
const CODES_BY_EXPONENT = {
  0: 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf',
  2: `aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc cve
    czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs khr kyd kzt
    lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln
    qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs wst xcd
    xcg yer zar zmw`,
  3: 'bhd jod kwd omr tnd',
} as const

const EXPONENTS = new Map(
  Object.entries(CODES_BY_EXPONENT).flatMap(([exponent, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(exponent)] as const),
  ),
)

/** Currencies without a minor unit whose amounts at Stripe still have two decimals, which must be zero. */
const ALWAYS_WHOLE = new Set(['isk', 'ugx'])

/** Whether Stripe charges this currency, given in lower case. */
export const isCharged = (currency: string): boolean => EXPONENTS.has(currency)

/** The number of decimals of an amount in minor units, such as 2 for `usd`; 2 for a currency that Stripe does not know. */
export const exponentOf = (currency: string): number => EXPONENTS.get(currency) ?? 2

/** Amounts at Stripe must be multiples of this: 10 for three decimals, 100 for `ALWAYS_WHOLE`, else 1. */
export function stepOf(currency: string): number {
  if (ALWAYS_WHOLE.has(currency)) return 100
  return exponentOf(currency) === 3 ? 10 : 1
}
