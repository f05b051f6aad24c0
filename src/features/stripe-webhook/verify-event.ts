import Stripe from 'stripe'
import { z } from 'zod'
import type { Ctx } from '../../context.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import { AppError } from '../../shared/errors.ts'
import { sha256Hex } from '../../shared/digest.ts'

const TOLERANCE_SECONDS = 300

/** Where an event that is known to be Stripe's leads. */
export type VerifiedEvent = {
  record: EventRecord
  type: string
  objectId: string | null
  /** Of the mode of our key (test or live), and not of an account that is connected to ours. */
  isOurs: boolean
}

/** The parts of an event that are used; `created` in seconds, up to the last moment that a Date can hold. */
const eventSchema = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.int().min(0).max(8_640_000_000_000),
  livemode: z.boolean().optional(),
  /** Only in events of connected accounts. */
  account: z.string().nullish(),
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
export function readEvent({ env }: Pick<Ctx, 'env'>, value: unknown, payloadHash: string): VerifiedEvent {
  const event = eventSchema.safeParse(value)
  if (!event.success) throw new AppError('validation-failed', 'The body is not an event.', { cause: event.error })
  const { id, type, created, data, livemode, account } = event.data
  const isLiveKey = env.STRIPE_SECRET_KEY.includes('_live_')
  const isOurs = account == null && (livemode === undefined || livemode === isLiveKey)
  const objectId = data.object.id ?? null
  return { record: { id, type, objectId, createdAt: new Date(created * 1_000), payloadHash }, type, objectId, isOurs }
}

/** Reads a webhook call. Throws `invalid-signature`, and `validation-failed` for what is signed but no event. */
export async function verifyEvent(ctx: Ctx, body: string, signature: string): Promise<VerifiedEvent> {
  const event = await assertSigned(ctx, body, signature)
  return readEvent(ctx, event, await sha256Hex(body))
}
