import type { ConsumerName } from '../../events/catalogue.ts'
import type { Consumer } from '../../events/consumer.ts'
import { mailAlert } from '../email/mail-alert.ts'

/** The code of each consumer. `events/catalogue.ts` says which types of events it consumes. */
export const CONSUMERS: Record<ConsumerName, Consumer> = {
  'operator-email': mailAlert,
}

export const isConsumerName = (name: string): name is ConsumerName => Object.hasOwn(CONSUMERS, name)
