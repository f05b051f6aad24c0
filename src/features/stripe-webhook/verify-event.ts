import Stripe from 'stripe'
import { z } from 'zod'
import type { Ctx } from '../../context.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import { AppError } from '../../shared/errors.ts'
import { sha256Hex } from '../../shared/digest.ts'

const TOLERANCE_SECONDS = 300

/** Where an event that is known to be Stripe's leads. */
export type VerifiedEvent = { record: EventRecord; type: string; objectId: string | null }

/** The parts of an event that are used; `created` in seconds, up to the last moment that a Date can hold. */
const eventSchema = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.int().min(0).max(8_640_000_000_000),
  data: z.object({ object: z.looseObject({ id: z.string().optional() }) }),
})

const cryptoProvider = Stripe.createSubtleCryptoProvider()

/** Checks signature and age of a webhook call over its raw body. Throws `invalid-signature`. */
async function assertSigned(ctx: Ctx, body: string, signature: string): Promise<unknown> {
  return ctx.stripe.webhooks
    .constructEventAsync(body, signature, ctx.env.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS, cryptoProvider)
    .catch((cause: unknown) => {
      throw new AppError('invalid-signature', 'The signature is not valid.', { cause })
    })
}

/**
 * Of an event only what is kept or asked for goes on: what it says of its object is not believed, Stripe is asked
 * instead. Throws `validation-failed` for what is no event.
 */
export function readEvent(value: unknown, payloadHash: string): VerifiedEvent {
  const event = eventSchema.safeParse(value)
  if (!event.success) throw new AppError('validation-failed', 'The body is not an event.', { cause: event.error })
  const { id, type, created, data } = event.data
  const objectId = data.object.id ?? null
  return { record: { id, type, objectId, createdAt: new Date(created * 1_000), payloadHash }, type, objectId }
}

/** Reads a webhook call. Throws `invalid-signature`, and `validation-failed` for what is signed but no event. */
export async function verifyEvent(ctx: Ctx, body: string, signature: string): Promise<VerifiedEvent> {
  const event = await assertSigned(ctx, body, signature)
  return readEvent(event, await sha256Hex(body))
}
