import type { Ctx } from '../../context.ts'
import { runBatch } from '../../db/transaction.ts'
import { newEvent } from '../../events/new-event.ts'
import { newId } from '../../shared/ids.ts'
import { selectShopSettings, type ShopSettings } from '../shop/queries.ts'
import { logFailedEmail } from './log-failed-email.ts'
import { abandonedInTransport, endRowWithFailure, toFailedEmail } from './queries/failures.ts'
import { type OrderOfEmail, selectOrderOf } from './queries/order-email.ts'
import { claimOutboxRow, type OutboxRow, selectTemplateOf } from './queries/outbox.ts'
import { EMAIL_PHASES } from './record-email-failure.ts'
import type { EmailTemplate } from './render-email.ts'
import { TIMEOUTS_PER_CONVERSATION } from './smtp-conversation.ts'

/** How much longer a lease lasts than the longest call to the transport, for reading, rendering and recording. */
const LEASE_MARGIN_MS = 60_000

const UNKNOWN_AFTER_CRASH =
  'an attempt ended while the email was with the transport: nobody knows whether it was accepted'

/** An attempt to send an email, with everything that it needs. */
export type Attempt = {
  row: OutboxRow
  leaseId: string
  template: EmailTemplate | null
  /** Null before the shop is set up. */
  shop: ShopSettings | null
  order: OrderOfEmail | null
}

/**
 * Claims an email for an attempt and reads its template, its order and the shop's settings, in one round trip. Answers
 * null when there is nothing to do: it was sent, has failed, is not due, or another attempt holds it. An email whose last
 * attempt ended inside the transport is not claimed, since it could be sent twice; it is recorded for the operators.
 */
export async function claimEmail(ctx: Ctx, outboxId: string): Promise<Attempt | null> {
  const now = ctx.now()
  const leaseId = newId()
  const leaseMs = TIMEOUTS_PER_CONVERSATION * ctx.env.SMTP_TIMEOUT_MS + LEASE_MARGIN_MS
  const note = { type: 'smtp', phase: EMAIL_PHASES.smtp, message: UNKNOWN_AFTER_CRASH } as const
  const event = newEvent(ctx, 'email-failed', outboxId, { failure: note.type })
  const [abandoned, [row], [template], [shop], [head], lines, discounts] = await runBatch(ctx.db, [
    endRowWithFailure(ctx.db, abandonedInTransport(outboxId, now), note, { status: 'failed', now, event }),
    claimOutboxRow(ctx.db, outboxId, { leaseId, now, leaseMs }),
    selectTemplateOf(ctx.db, outboxId),
    selectShopSettings(ctx.db),
    ...selectOrderOf(ctx.db, outboxId),
  ])
  for (const failed of abandoned.rows) logFailedEmail(ctx, outboxId, toFailedEmail(failed), note)
  if (row === undefined) return null
  return {
    row,
    leaseId,
    template: template ?? null,
    shop: shop ?? null,
    order: head === undefined ? null : { ...head, lines, discounts },
  }
}
