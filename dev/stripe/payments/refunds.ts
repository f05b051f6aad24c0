import { invalidParameter, refused } from '../api/errors.ts'
import type { Cause, Emulator } from '../emulator.ts'
import { newId, newReference } from '../model/ids.ts'
import type { Charge, Metadata, PaymentIntent, Refund } from '../model/objects.ts'
import { formatMoney } from './money.ts'

type RefundReason = 'duplicate' | 'fraudulent' | 'requested_by_customer'

type NewRefund = { amount: number | null; reason: RefundReason | null; metadata: Metadata }

/** The charge that paid an intent; throws a 400 StripeError when nothing has. */
export function paidChargeOf(emulator: Emulator, intent: PaymentIntent): Charge {
  const charge = emulator.store.charges.get(intent.latest_charge ?? '')
  if (intent.status !== 'succeeded' || !charge) {
    throw refused(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      code: 'payment_intent_unexpected_state',
      param: 'payment_intent',
    })
  }
  return charge
}

/** Refunds a charge, all that is left of it when no amount is given; throws a 400 StripeError when it cannot be. */
export function refundCharge(emulator: Emulator, charge: Charge, given: NewRefund, cause: Cause): Refund {
  const amount = checkRefundable(charge, given.amount)
  const refund: Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: newId('txn'),
    charge: charge.id,
    created: emulator.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: destinationOf(charge),
    metadata: given.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: given.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }
  emulator.store.refunds.set(refund.id, refund)
  const previous = { amount_refunded: charge.amount_refunded, refunded: charge.refunded }
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount
  emulator.events.emit('refund.created', refund, cause)
  emulator.events.emit('charge.refunded', charge, cause, previous)
  announceReference(emulator, refund, cause)
  return refund
}

/** The bank sends the money of a refund back; throws a 400 StripeError for one that has failed already. */
export function failRefund(emulator: Emulator, refund: Refund, charge: Charge, cause: Cause): Refund {
  if (refund.status === 'failed') throw refused(`Refund ${refund.id} has failed already.`)
  const previous = { status: refund.status }
  refund.status = 'failed'
  refund.failure_reason = 'lost_or_stolen_card'
  charge.amount_refunded -= refund.amount
  charge.refunded = false
  emulator.events.emit('refund.updated', refund, cause, previous)
  emulator.events.emit('refund.failed', refund, cause, previous)
  return refund
}

/** The bank's reference arrives after the refund was made, which Stripe tells under two event names. */
function announceReference(emulator: Emulator, refund: Refund, cause: Cause): void {
  const card = refund.destination_details?.card
  if (!card) return
  const previous = { destination_details: { card: { reference: card.reference ?? null, reference_status: 'pending' } } }
  card.reference = newReference()
  card.reference_status = 'available'
  emulator.events.emit('refund.updated', refund, cause, previous)
  emulator.events.emit('charge.refund.updated', refund, cause, previous)
}

function destinationOf(charge: Charge): NonNullable<Refund['destination_details']> {
  const type = charge.payment_method_details?.type ?? 'card'
  if (type !== 'card') return { type }
  return { type, card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' } }
}

function checkRefundable(charge: Charge, wanted: number | null): number {
  if (charge.status !== 'succeeded') {
    throw refused(`Charge ${charge.id} has not succeeded and cannot be refunded.`, { param: 'charge' })
  }
  if (charge.refunded) {
    throw refused(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  if (charge.disputed) {
    throw refused(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  }
  const left = charge.amount - charge.amount_refunded
  const amount = wanted ?? left
  if (amount < 1) throw invalidParameter('Invalid positive integer', 'amount', 'parameter_invalid_integer')
  if (amount > left) {
    const money = (value: number) => formatMoney(value, charge.currency)
    const what = charge.amount_refunded === 0 ? 'charge amount' : 'unrefunded amount on charge'
    throw refused(`Refund amount (${money(amount)}) is greater than ${what} (${money(left)})`, { param: 'amount' })
  }
  return amount
}
