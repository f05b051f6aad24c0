import { refused } from '../api/errors.ts'
import type { Cause, Emulator } from '../emulator.ts'
import { newId } from '../model/ids.ts'
import type { PaymentIntent, SessionRecord } from '../model/objects.ts'

/** Ends the bank debit of a session that completed unpaid; throws a 400 StripeError when none is under way. */
export function settleSession(
  emulator: Emulator,
  record: SessionRecord,
  outcome: 'succeeded' | 'failed',
  cause: Cause,
): void {
  const session = record.object
  const intent = emulator.store.paymentIntents.get(session.payment_intent ?? '')
  const charge = emulator.store.charges.get(intent?.latest_charge ?? '')
  if (!intent || !charge || intent.status !== 'processing') {
    throw refused('This Checkout Session has no payment in progress to settle.')
  }
  if (outcome === 'succeeded') {
    Object.assign(charge, { status: 'succeeded', paid: true, balance_transaction: newId('txn') })
    charge.receipt_url = `${emulator.publicUrl}/receipts/${charge.id}`
    intent.status = 'succeeded'
    intent.amount_received = intent.amount
    session.payment_status = 'paid'
    emulator.events.emit('charge.succeeded', charge, cause)
    emulator.events.emit('payment_intent.succeeded', intent, cause)
    emulator.events.emit('checkout.session.async_payment_succeeded', session, cause)
    return
  }
  const message = 'The payment could not be collected: the account has insufficient funds.'
  Object.assign(charge, { status: 'failed', paid: false, captured: false, amount_captured: 0 })
  Object.assign(charge, { failure_code: 'insufficient_funds', failure_message: message })
  failIntent(intent, charge.id, message)
  emulator.events.emit('charge.failed', charge, cause)
  emulator.events.emit('payment_intent.payment_failed', intent, cause)
  emulator.events.emit('checkout.session.async_payment_failed', session, cause)
}

function failIntent(intent: PaymentIntent, charge: string, message: string): void {
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.last_payment_error = { type: 'card_error', code: 'insufficient_funds', charge, message }
}
