import { type emailOutbox, UNSENT } from '../../db/schema/email.ts'
import type { Transition } from '../../shared/transitions.ts'

export type EmailStatus = (typeof emailOutbox.$inferSelect)['status']

export const EMAIL_TRANSITIONS: readonly Transition<EmailStatus>[] = [
  {
    from: ['new'],
    to: 'pending',
    word: 'the batch of what the email tells about',
    effect: 'after the commit the queue gets its id',
    by: '`insertOutboxRow`, `insertAlertEmail`, `place_order`',
  },
  {
    from: ['pending'],
    to: 'sending',
    word: 'an attempt that finds it due',
    effect: 'the attempt holds it under a lease, and counts',
    by: '`claimOutboxRow`',
  },
  {
    from: ['sending'],
    to: 'sending',
    word: 'another attempt, when the lease is over and the transport was never called',
    effect: 'the lease goes to that attempt',
    by: '`claimOutboxRow`',
  },
  {
    from: ['sending'],
    to: 'pending',
    word: 'the attempt: certainly not delivered, and more attempts are left',
    effect: 'is due again later',
    by: '`releaseOutboxRow`',
  },
  {
    from: ['sending', 'failed'],
    to: 'sent',
    word: 'the attempt: the transport has accepted it, even when a later judgement called that unknown',
    effect: 'the record of the sent email; links leave the variables',
    by: '`markSent`; `endRowWithFailure` where that record cannot be written',
  },
  {
    from: UNSENT,
    to: 'failed',
    word: 'the attempt: refused for good, out of attempts, or nobody knows whether it was delivered; or the dead-letter queue',
    effect: 'the failure is recorded for an operator',
    by: '`endRowWithFailure`',
  },
  {
    from: ['failed'],
    to: 'pending',
    word: 'an operator, who sends it again',
    effect: 'attempts begin anew',
    by: '[by hand](../operations.md#emails-fail)',
  },
]
