import type { Emulator } from '../emulator.ts'
import { newId, newReference } from '../model/ids.ts'
import type { Charge, PaymentIntent } from '../model/objects.ts'
import { type BillingDetails, chargeDetails, type Means } from './payment-means.ts'

type ChargeOutcome = 'succeeded' | 'pending' | 'failed'

/** Charges a PaymentIntent once; the intent itself is left to the caller. */
export function createCharge(
  emulator: Emulator,
  intent: PaymentIntent,
  means: Means,
  billing: BillingDetails,
  outcome: ChargeOutcome,
): Charge {
  const id = newId('ch')
  const decline = means.kind === 'card' ? means.card.decline : null
  const charge: Charge = {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: outcome === 'failed' ? 0 : intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: outcome === 'succeeded' ? newId('txn') : null,
    billing_details: billing,
    calculated_statement_descriptor: 'MERCAT EMULATOR',
    captured: outcome !== 'failed',
    created: emulator.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: outcomeOf(outcome, decline?.declineCode ?? null),
    paid: outcome !== 'failed',
    payment_intent: intent.id,
    payment_method: intent.payment_method,
    payment_method_details: chargeDetails(means, intent.amount),
    receipt_email: intent.receipt_email,
    receipt_number: outcome === 'succeeded' ? newReference().replace(/^(\d{4})(\d{4}).*/, '$1-$2') : null,
    receipt_url: outcome === 'succeeded' ? `${emulator.publicUrl}/receipts/${id}` : null,
    refunded: false,
    // Only present with its list when expanded.
    refunds: null,
    review: null,
    shipping: intent.shipping ?? null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: outcome,
    transfer_data: null,
    transfer_group: intent.transfer_group,
  }
  emulator.store.charges.set(id, charge)
  return charge
}

function outcomeOf(outcome: ChargeOutcome, declineCode: string | null): Charge['outcome'] {
  if (outcome !== 'failed') {
    return {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      risk_score: 12,
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  }
  return {
    advice_code: declineCode === null ? null : 'try_again_later',
    network_advice_code: null,
    network_decline_code: declineCode === null ? null : '01',
    network_status: 'declined_by_network',
    reason: declineCode,
    risk_level: 'normal',
    risk_score: 12,
    seller_message: 'The bank did not return any further details with this decline.',
    type: 'issuer_declined',
  }
}
