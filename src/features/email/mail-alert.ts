import type { Consumer } from '../../events/consumer.ts'
import type { AlertDetails } from '../alerts/details.ts'
import { enqueueEmails } from './enqueue-email.ts'
import { insertAlertEmail } from './queries/new-emails.ts'
import type { EmailVariables } from './templates/variables.ts'

/** Checks by types that the template has a variable for every field of an alert. */
type OfTemplate = keyof AlertDetails extends keyof EmailVariables<'operator_alert'> ? Consumer : never

/** Emails the operators an event's alert. The outbox row has the event's id, so a repetition writes nothing. */
export const mailAlert: OfTemplate = async (ctx, event) => {
  const given = { eventId: event.id, toAddress: ctx.env.OPERATOR_EMAIL, now: ctx.now() }
  return {
    statements: [insertAlertEmail(ctx.db, given)],
    afterCommit: () => ctx.defer('enqueue-email', () => enqueueEmails(ctx, [event.id])),
  }
}
