import type { Ctx } from '../../context.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { newAlert, raiseAlert } from '../alerts/raise-alert.ts'
import { recordFailedEventAndAlert } from './queries.ts'

/** Records the failure of an event with an alert to the operators, one for each code. Throws `database-unavailable`. */
export async function failEvent(ctx: Ctx, record: EventRecord, code: ErrorCode): Promise<void> {
  const alert = newAlert(ctx, {
    code,
    details: { event_id: record.id, event_type: record.type, object_id: record.objectId },
    type: 'payment-event-failed',
    subjectId: record.id,
    data: { code, event_type: record.type, object: record.objectId },
  })
  await raiseAlert(ctx, alert, () => recordFailedEventAndAlert(ctx.db, record, code, alert))
}
