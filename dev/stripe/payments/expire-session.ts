import type { Cause, Emulator } from '../emulator.ts'
import { NO_CAUSE } from '../emulator.ts'
import type { SessionRecord } from '../model/objects.ts'

/** Ends an open session; the caller has checked that it is open. */
export function expireSession(emulator: Emulator, record: SessionRecord, cause: Cause): void {
  const session = record.object
  session.status = 'expired'
  session.url = null
  emulator.store.openSessions.delete(session.id)
  cancelIntent(emulator, session.payment_intent)
  emulator.events.emit('checkout.session.expired', session, cause)
}

/** A payment that was tried and declined can no longer be paid once its session is gone. */
function cancelIntent(emulator: Emulator, id: string | null): void {
  const intent = id === null ? undefined : emulator.store.paymentIntents.get(id)
  if (!intent || intent.status === 'canceled') return
  intent.status = 'canceled'
  intent.canceled_at = emulator.now()
  intent.cancellation_reason = 'automatic'
  emulator.events.emit('payment_intent.canceled', intent, NO_CAUSE)
}

/** Expires every session whose time is over. Called by the clock and before anything looks at a session. */
export function expireOverdue(emulator: Emulator): void {
  const now = emulator.now()
  for (const id of emulator.store.openSessions) {
    const record = emulator.store.sessions.get(id)
    if (record && record.object.expires_at <= now) expireSession(emulator, record, NO_CAUSE)
  }
}
