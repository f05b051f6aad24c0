import { type emailOutbox, UNSENT } from '../../db/schema/email.ts'
import type { Transition } from '../../shared/transitions.ts'

export type EmailStatus = (typeof emailOutbox.$inferSelect)['status']

export const EMAIL_TRANSITIONS: readonly Transition<EmailStatus>[] = [
  {
    from: ['new'],
    to: 'pending',
    word: 'the batch of its cause',
    effect: 'after the commit, the queue gets its id',
    by: '`insertOutboxRow`, `insertAlertEmail`, `place_order`',
  },
  {
    from: ['pending'],
    to: 'sending',
    word: 'an attempt, when it is due',
    effect: 'the attempt gets a lease and is counted',
    by: '`claimOutboxRow`',
  },
  {
    from: ['sending'],
    to: 'sending',
    word: 'another attempt, when the lease has run out and the transport was never called',
    effect: 'that attempt gets the lease',
    by: '`claimOutboxRow`',
  },
  {
    from: ['sending'],
    to: 'pending',
    word: 'the attempt: certainly not accepted, and attempts are left',
    effect: 'it is due again later',
    by: '`releaseOutboxRow`',
  },
  {
    from: ['sending', 'failed'],
    to: 'sent',
    word: 'the attempt: the transport has accepted it, even if its outcome was recorded as unknown meanwhile',
    effect: 'the sent email is recorded; links are removed from the variables',
    by: '`markSent`; `endRowWithFailure` if that record cannot be written',
  },
  {
    from: UNSENT,
    to: 'failed',
    word: 'the attempt: refused for good, no attempts left, or possibly accepted; or the dead-letter queue',
    effect: 'the failure is recorded for an operator',
    by: '`endRowWithFailure`',
  },
  {
    from: ['failed'],
    to: 'pending',
    word: 'an operator, who sends it again',
    effect: 'the count of attempts starts again',
    by: '[by hand](../operations.md#emails-fail)',
  },
  {
    from: ['failed'],
    to: 'pending',
    word: 'the sweep `alerts`, a day after the failure, if the email is about an open alert',
    effect: 'the count of attempts starts again',
    by: '`retryAlertEmails`',
  },
]
