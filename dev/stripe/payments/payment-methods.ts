/** The delayed payment method that stands for "bank debit" in each currency; elsewhere there is none. */
const BANK_DEBITS = {
  aud: 'au_becs_debit',
  cad: 'acss_debit',
  eur: 'sepa_debit',
  gbp: 'bacs_debit',
  usd: 'us_bank_account',
} as const

export type BankDebit = (typeof BANK_DEBITS)[keyof typeof BANK_DEBITS]

export const bankDebitOf = (currency: string): BankDebit | null =>
  (BANK_DEBITS as Record<string, BankDebit>)[currency] ?? null

/** Types to show on a session: those the caller allowed, or everything the emulator can take in this currency. */
export function paymentMethodTypes(currency: string, allowed: string[] | undefined, excluded: string[]): string[] {
  const debit = bankDebitOf(currency)
  const supported = debit === null ? ['card'] : ['card', debit]
  return (allowed ?? supported).filter((type) => !excluded.includes(type))
}
