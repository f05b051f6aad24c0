/** What a card number does, after Stripe's list of test cards: https://docs.stripe.com/testing. */
export type Decline = { code: string; declineCode: string | null; message: string }

export type Card = {
  brand: string
  last4: string
  country: string
  funding: 'credit' | 'debit'
  expMonth: number
  expYear: number
  decline: Decline | null
  /** A dispute follows the payment. */
  disputed: boolean
}

const generic = (declineCode: string): Decline => ({
  code: 'card_declined',
  declineCode,
  message: 'Your card was declined.',
})

const DECLINES: Record<string, Decline> = {
  '4000000000000002': generic('generic_decline'),
  '4000000000009995': { ...generic('insufficient_funds'), message: 'Your card has insufficient funds.' },
  '4000000000009987': generic('lost_card'),
  '4000000000009979': generic('stolen_card'),
  '4000000000000069': { code: 'expired_card', declineCode: null, message: 'Your card has expired.' },
  '4000000000000127': {
    code: 'incorrect_cvc',
    declineCode: null,
    message: "Your card's security code is incorrect.",
  },
  '4000000000000119': {
    code: 'processing_error',
    declineCode: null,
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
}

const DISPUTED = '4000000000000259'

const ACCEPTED = new Set([
  '4242424242424242',
  '4000056655665556',
  '5555555555554444',
  '2223003122003222',
  '5200828282828210',
  '378282246310005',
  '371449635398431',
  '6011111111111117',
  '3056930009020004',
  '3566002020360505',
  '6200000000000005',
  '4000007240000007',
  '4000000760000002',
  '4000001240000000',
  '4000004840008001',
  '4000002760003184',
  '4000003800000446',
  DISPUTED,
])

const DEBIT = new Set(['4000056655665556', '5200828282828210'])

const BRANDS: [RegExp, string][] = [
  [/^4/, 'visa'],
  [/^(5[1-5]|2[2-7])/, 'mastercard'],
  [/^3[47]/, 'amex'],
  [/^6(011|4|5)/, 'discover'],
  [/^3(0|6|8)/, 'diners'],
  [/^35/, 'jcb'],
  [/^62/, 'unionpay'],
]

const COUNTRIES: Record<string, string> = { '4000007240000007': 'ES', '4000000760000002': 'BR' }

const NOT_A_TEST_CARD: Decline = {
  ...generic('test_mode_live_card'),
  message: 'Your card was declined. Your request was in test mode, but used a non test card.',
}

/** Reads a number as typed; null when it is not a card number at all (Luhn check and length). */
export function readCard(typed: string, expMonth: number, expYear: number): Card | null {
  const number = typed.replaceAll(/[\s-]/g, '')
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number)) return null
  const known = ACCEPTED.has(number)
  return {
    brand: BRANDS.find(([pattern]) => pattern.test(number))?.[1] ?? 'unknown',
    last4: number.slice(-4),
    country: COUNTRIES[number] ?? 'US',
    funding: DEBIT.has(number) ? 'debit' : 'credit',
    expMonth,
    expYear,
    decline: DECLINES[number] ?? (known ? null : NOT_A_TEST_CARD),
    disputed: number === DISPUTED,
  }
}

function passesLuhn(number: string): boolean {
  const digits = number.split('').toReversed().map(Number)
  const sum = digits.reduce((total, digit, index) => {
    if (index % 2 === 0) return total + digit
    return total + (digit > 4 ? digit * 2 - 9 : digit * 2)
  }, 0)
  return sum % 10 === 0
}
