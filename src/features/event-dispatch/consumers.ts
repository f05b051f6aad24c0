import type { ConsumerName } from '../../events/catalogue.ts'
import type { Consumer } from '../../events/consumer.ts'
import { mailAlert } from '../email/mail-alert.ts'

/** What each consumer does. Which types of events a consumer takes up stands in the catalogue. */
export const CONSUMERS: Record<ConsumerName, Consumer> = {
  'operator-email': mailAlert,
}
