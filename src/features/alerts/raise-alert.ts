import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import type { EventData, EventType } from '../../events/catalogue.ts'
import { enqueueWritten } from '../../events/enqueue-events.ts'
import { newEvent } from '../../events/new-event.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import type { AlertDetails } from './details.ts'
import { type NewAlert, raiseAlertStatement } from './queries.ts'

export type AlertCode =
  | ErrorCode
  | 'payment-disputed'
  | 'refund-failed'
  | 'email-template-broken'
  | 'event-not-dispatched'

type Given<Type extends EventType> = {
  code: AlertCode
  details: AlertDetails
  again?: NewAlert['again']
  type: Type
  subjectId: string
  data: EventData<Type>
}

/** Makes an alert with its event, for the batch of its cause. */
export const newAlert = <Type extends EventType>(
  ctx: Pick<Ctx, 'now' | 'requestId' | 'log'>,
  { code, details, again = 'never', type, subjectId, data }: Given<Type>,
): NewAlert => ({ id: newId(), code, details, again, event: newEvent(ctx, type, subjectId, data) })

/** Raises an alert in its own transaction, or in that of `statement`. Throws `database-unavailable`. */
export async function raiseAlert(
  ctx: Ctx,
  alert: NewAlert,
  statement: () => ReturnType<typeof raiseAlertStatement> = () => raiseAlertStatement(ctx.db, alert),
): Promise<void> {
  enqueueWritten(ctx, [alert.event], [await runStatement(statement)])
}
