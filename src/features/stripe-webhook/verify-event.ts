import type { Ctx } from '../../context.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import type { PaymentEvent } from '../../payments/event.ts'
import { sha256Hex } from '../../shared/digest.ts'

/** An event that surely comes from Stripe, with the part of it that is stored. */
export type VerifiedEvent = Pick<PaymentEvent, 'kind' | 'isOurs'> & { record: EventRecord }

/** `payloadHash` is the hash of the received body; empty for an event that was read from Stripe's list. */
export const withRecord = ({ kind, isOurs, ...event }: PaymentEvent, payloadHash: string): VerifiedEvent => ({
  kind,
  isOurs,
  record: { ...event, payloadHash },
})

/** Verifies a webhook call and parses its event. Throws `invalid-signature`, and `validation-failed` for any other body. */
export async function verifyEvent(ctx: Ctx, body: string, signature: string): Promise<VerifiedEvent> {
  const event = await ctx.payments.verifyEvent({ body, signature })
  return withRecord(event, await sha256Hex(body))
}
