import Stripe from 'stripe'
import type { Ctx } from '../../context.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import { AppError } from '../../shared/errors.ts'
import { sha256Hex } from '../../shared/digest.ts'

const TOLERANCE_SECONDS = 300

/** Where an event that has been verified leads. */
export type VerifiedEvent = { record: EventRecord; type: string; objectId: string | null }

const cryptoProvider = Stripe.createSubtleCryptoProvider()

/**
 * Checks signature and age of a webhook call over its raw body. Of the event only what is kept or asked for goes on:
 * what it says of its object is not believed, Stripe is asked instead. Throws `invalid-signature`.
 */
export async function verifyEvent(ctx: Ctx, body: string, signature: string): Promise<VerifiedEvent> {
  const { STRIPE_WEBHOOK_SECRET } = ctx.env
  const event = await ctx.stripe.webhooks
    .constructEventAsync(body, signature, STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS, cryptoProvider)
    .catch((cause: unknown) => {
      throw new AppError('invalid-signature', 'The signature is not valid.', { cause })
    })
  const { object } = event.data
  const objectId = 'id' in object && typeof object.id === 'string' ? object.id : null
  const record = {
    id: event.id,
    type: event.type,
    objectId,
    createdAt: new Date(event.created * 1_000),
    payloadHash: await sha256Hex(body),
  }
  return { record, type: event.type, objectId }
}
