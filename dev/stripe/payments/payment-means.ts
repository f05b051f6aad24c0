import type { Emulator } from '../emulator.ts'
import { newFingerprint, newId } from '../model/ids.ts'
import type { Charge, PaymentMethod } from '../model/objects.ts'
import type { Card } from './cards.ts'
import type { BankDebit } from './payment-methods.ts'

/** What the customer pays with. */
export type Means = { kind: 'card'; card: Card } | { kind: 'bank_debit'; type: BankDebit }

export type BillingDetails = Charge['billing_details']

export const typeOf = (means: Means): string => (means.kind === 'card' ? 'card' : means.type)

export function createPaymentMethod(
  emulator: Emulator,
  means: Means,
  billing: BillingDetails,
  customer: string | null,
): PaymentMethod {
  const method: PaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: billing,
    created: emulator.now(),
    customer,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: typeOf(means),
  }
  if (means.kind === 'card') method.card = cardOf(means.card)
  emulator.store.paymentMethods.set(method.id, method)
  return method
}

const checksOf = (card: Card) => ({
  address_line1_check: 'pass',
  address_postal_code_check: 'pass',
  cvc_check: card.decline?.code === 'incorrect_cvc' ? 'fail' : 'pass',
})

function cardOf(card: Card): NonNullable<PaymentMethod['card']> {
  return {
    brand: card.brand,
    checks: checksOf(card),
    country: card.country,
    display_brand: card.brand,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: newFingerprint(),
    funding: card.funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  }
}

/** The details as they stand on a charge. */
export function chargeDetails(means: Means, amount: number): NonNullable<Charge['payment_method_details']> {
  if (means.kind === 'bank_debit') return debitDetails(means.type)
  const { card } = means
  const approved = card.decline === null
  return {
    type: 'card',
    card: {
      amount_authorized: approved ? amount : null,
      authorization_code: approved ? '123456' : null,
      brand: card.brand,
      checks: checksOf(card),
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.expMonth,
      exp_year: card.expYear,
      extended_authorization: { status: 'disabled' },
      fingerprint: newFingerprint(),
      funding: card.funding,
      incremental_authorization: { status: 'unavailable' },
      installments: null,
      last4: card.last4,
      mandate: null,
      multicapture: { status: 'unavailable' },
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: approved ? newFingerprint() : null,
      overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
      regulated_status: 'unregulated',
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  }
}

function debitDetails(type: BankDebit): NonNullable<Charge['payment_method_details']> {
  const last4 = '6789'
  const fingerprint = newFingerprint()
  switch (type) {
    case 'us_bank_account':
      return {
        type,
        us_bank_account: {
          account_holder_type: 'individual',
          account_type: 'checking',
          bank_name: 'STRIPE TEST BANK',
          fingerprint,
          last4,
          payment_reference: null,
          routing_number: '110000000',
        },
      }
    case 'sepa_debit':
      return {
        type,
        sepa_debit: { bank_code: '37040044', branch_code: '', country: 'DE', fingerprint, last4, mandate: null },
      }
    case 'bacs_debit':
      return { type, bacs_debit: { fingerprint, last4, mandate: null, sort_code: '108800' } }
    case 'acss_debit':
      return {
        type,
        acss_debit: {
          bank_name: 'STRIPE TEST BANK',
          fingerprint,
          institution_number: '000',
          last4,
          transit_number: '11000',
        },
      }
    case 'au_becs_debit':
      return { type, au_becs_debit: { bsb_number: '000000', fingerprint, last4 } }
  }
}
