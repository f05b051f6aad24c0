import type { Ctx } from '../../context.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import type { PaymentEvent } from '../../payments/event.ts'
import { sha256Hex } from '../../shared/digest.ts'

/** An event that is known to be Stripe's, and what is kept of it. */
export type VerifiedEvent = Pick<PaymentEvent, 'kind' | 'isOurs'> & { record: EventRecord }

/** `payloadHash` is the digest of what came; empty for an event that never came, and was asked for. */
export const withRecord = ({ kind, isOurs, ...event }: PaymentEvent, payloadHash: string): VerifiedEvent => ({
  kind,
  isOurs,
  record: { ...event, payloadHash },
})

/** Reads a webhook call. Throws `invalid-signature`, and `validation-failed` for what is signed but no event. */
export async function verifyEvent(ctx: Ctx, body: string, signature: string): Promise<VerifiedEvent> {
  const event = await ctx.payments.verifyEvent({ body, signature })
  return withRecord(event, await sha256Hex(body))
}
