import { refused } from '../api/errors.ts'
import type { Cause, Emulator } from '../emulator.ts'
import { newId } from '../model/ids.ts'
import type { Charge, Dispute } from '../model/objects.ts'

const EVIDENCE_SECONDS = 9 * 24 * 60 * 60

const NO_EVIDENCE: Omit<Dispute['evidence'], 'enhanced_evidence'> = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
}

/** The customer's bank takes the money back, or asks about it first; throws a 400 StripeError for a charge that cannot be disputed. */
export function openDispute(
  emulator: Emulator,
  charge: Charge,
  given: { amount: number | null; reason: string; status?: 'warning_needs_response' | 'needs_response' },
  cause: Cause,
): Dispute {
  if (charge.status !== 'succeeded') throw refused(`Charge ${charge.id} has not succeeded and cannot be disputed.`)
  if (charge.disputed) throw refused(`Charge ${charge.id} has already been disputed.`, { code: 'charge_disputed' })
  const status = given.status ?? 'needs_response'
  const dispute: Dispute = {
    id: newId('dp'),
    object: 'dispute',
    amount: given.amount ?? charge.amount - charge.amount_refunded,
    balance_transactions: [],
    charge: charge.id,
    created: emulator.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...NO_EVIDENCE, customer_email_address: charge.billing_details.email, enhanced_evidence: {} },
    evidence_details: {
      due_by: emulator.now() + EVIDENCE_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'manual',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: {
        brand: charge.payment_method_details?.card?.brand ?? 'visa',
        case_type: status === 'needs_response' ? 'chargeback' : 'inquiry',
        network: charge.payment_method_details?.card?.network ?? 'visa',
        network_reason_code: '10.4',
      },
      type: 'card',
    },
    reason: given.reason,
    status,
  }
  emulator.store.disputes.set(dispute.id, dispute)
  charge.disputed = true
  emulator.events.emit('charge.dispute.created', dispute, cause)
  return dispute
}

/** Ends a dispute; throws a 400 StripeError when it is over already. */
export function closeDispute(emulator: Emulator, dispute: Dispute, status: 'won' | 'lost', cause: Cause): Dispute {
  if (dispute.status === 'won' || dispute.status === 'lost') throw refused('This dispute is already closed')
  const previous = { status: dispute.status }
  dispute.status = status
  emulator.events.emit('charge.dispute.updated', dispute, cause, previous)
  emulator.events.emit('charge.dispute.closed', dispute, cause, previous)
  return dispute
}

/** Moves a dispute on, as the bank does: an inquiry becomes a chargeback, a decision is turned. */
export function moveDispute(emulator: Emulator, dispute: Dispute, status: Dispute['status'], cause: Cause): Dispute {
  const previous = { status: dispute.status }
  dispute.status = status
  emulator.events.emit('charge.dispute.updated', dispute, cause, previous)
  return dispute
}
