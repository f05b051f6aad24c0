import { describe, expect, it } from 'vitest'
import {
  createOrderEmail,
  createOutboxRow,
  createTemplate,
  deliverEmail,
  failuresOf,
  outboxRow,
  sentRowsOf,
} from '../support/email.ts'
import { emailsTo, failMail, oneEmailTo } from '../support/mailbox.ts'
import { db, failDatabase, unique } from '../support/shop.ts'

const MINUTE = 60_000

describe('a mail server that refuses for good', () => {
  it('is believed: the email is given up at once and stands in the failure table', async () => {
    const { outboxId, orderId, email } = await createOrderEmail()
    await failMail(email, 'reject')
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed', attempts: 1 })
    expect(await failuresOf(orderId)).toMatchObject([
      { type: 'smtp', phase: 6, customer_email: email, is_member: false, resolved_at: null },
    ])
    expect(await deliverEmail(outboxId, { ahead: MINUTE })).toEqual({ acked: true, retriedIn: null })
    expect(await emailsTo(email)).toEqual([])
  })

  it('ends an email without an order quietly', async () => {
    const to = `${unique('reader')}@example.com`
    const outboxId = await createOutboxRow({ emCd: await createTemplate(), to })
    await failMail(to, 'reject')
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed', last_error: expect.stringContaining('550') })
  })
})

describe('a mail server that asks to try later', () => {
  it('gets the email again after a pause that grows, and then it arrives once', async () => {
    const { outboxId, orderId, email } = await createOrderEmail()
    await failMail(email, 'temporary', 2)
    const first = await deliverEmail(outboxId)
    expect(first.acked).toBe(false)
    expect(first.retriedIn).toBeGreaterThanOrEqual(4)
    expect(first.retriedIn).toBeLessThanOrEqual(5)
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'pending', attempts: 1, lease_until: null })

    const second = await deliverEmail(outboxId, { ahead: 5_000 })
    expect(second.retriedIn).toBeGreaterThanOrEqual(12)
    expect(second.retriedIn).toBeLessThanOrEqual(15)

    expect(await deliverEmail(outboxId, { ahead: MINUTE })).toEqual({ acked: true, retriedIn: null })
    await oneEmailTo(email)
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sent', attempts: 3, last_error: null })
    expect(await failuresOf(orderId)).toEqual([])
  })

  it('is not asked before the pause is over, whoever brings the email', async () => {
    const { outboxId, email } = await createOrderEmail()
    await failMail(email, 'temporary', 3)
    await deliverEmail(outboxId)
    await deliverEmail(outboxId, { ahead: 5_000 })
    const early = await Promise.all(Array.from({ length: 5 }, () => deliverEmail(outboxId, { ahead: 6_000 })))
    expect(early).toEqual(Array.from({ length: 5 }, () => ({ acked: true, retriedIn: null })))
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'pending', attempts: 2 })
    expect(await emailsTo(email)).toEqual([])
  })

  it('is given up after ten attempts', async () => {
    const { outboxId, orderId, email } = await createOrderEmail()
    await db`UPDATE email_outbox SET attempts = 9 WHERE id = ${outboxId}`
    await failMail(email, 'temporary')
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed', attempts: 10 })
    expect(await failuresOf(orderId)).toMatchObject([
      { type: 'smtp', message: expect.stringMatching(/^given up after 10 attempts: .*451/) },
    ])
  })
})

describe('a mail server that cannot be reached', () => {
  it('gets the email later', async () => {
    const { outboxId, orderId, email } = await createOrderEmail()
    const { acked, retriedIn } = await deliverEmail(outboxId, { overrides: { SMTP_PORT: '1' } })
    expect({ acked, retried: retriedIn !== null }).toEqual({ acked: false, retried: true })
    await deliverEmail(outboxId, { ahead: MINUTE })
    await oneEmailTo(email)
    expect(await failuresOf(orderId)).toEqual([])
  })
})

describe('a mail server that took the email and never said so', () => {
  it.each(['timeout', 'drop_after_accept'] as const)(
    'is not sent the email again, and operators are told: %s',
    async (mode) => {
      const { outboxId, orderId, email } = await createOrderEmail()
      await failMail(email, mode)
      expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
      expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
      expect(await failuresOf(orderId)).toMatchObject([
        { type: 'smtp', message: expect.stringContaining('had the whole email and did not answer') },
      ])
      await deliverEmail(outboxId, { ahead: 60 * MINUTE })
      expect(await emailsTo(email)).toHaveLength(mode === 'timeout' ? 0 : 1)
    },
  )
})

describe('an attempt that ends without an outcome', () => {
  it('is repeated when it had not called the mail server, after its lease', async () => {
    const { outboxId, email } = await createOrderEmail()
    await db`
      UPDATE email_outbox SET status = 'sending', attempts = 1, lease_id = uuidv7(), lease_until = now() + interval '1 minute'
      WHERE id = ${outboxId}`
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    expect(await emailsTo(email)).toEqual([])
    await deliverEmail(outboxId, { ahead: 2 * MINUTE })
    await oneEmailTo(email)
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sent', attempts: 2 })
  })

  it('is given to the operators when the mail server may have the email', async () => {
    const { outboxId, orderId, email } = await createOrderEmail({ member: true })
    await db`
      UPDATE email_outbox SET status = 'sending', attempts = 1, lease_id = uuidv7(), handed_over_at = now(),
        lease_until = now() + interval '1 minute' WHERE id = ${outboxId}`
    await deliverEmail(outboxId)
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sending' })
    await Promise.all([1, 2, 3].map(() => deliverEmail(outboxId, { ahead: 2 * MINUTE })))
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
    expect(await failuresOf(orderId)).toMatchObject([{ type: 'smtp', is_member: true, customer_email: email }])
    expect(await emailsTo(email)).toEqual([])
  })
})

describe('an email whose attempts never come to an end', () => {
  it('is given up at the eleventh', async () => {
    const { outboxId, orderId, email } = await createOrderEmail()
    await db`
      UPDATE email_outbox SET status = 'sending', attempts = 10, lease_id = uuidv7(),
        lease_until = now() - interval '1 minute' WHERE id = ${outboxId}`
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed', attempts: 11 })
    expect(await failuresOf(orderId)).toMatchObject([{ type: 'smtp' }])
    expect(await emailsTo(email)).toEqual([])
  })
})

describe('a database that fails', () => {
  it.each(['before', 'after_commit'] as const)(
    'at the claim (%s) does not cost the email or send it twice',
    async (when) => {
      const { outboxId, email } = await createOrderEmail()
      await failDatabase('"attempts" +', when)
      await deliverEmail(outboxId)
      await oneEmailTo(email)
      expect(await outboxRow(outboxId)).toMatchObject({ attempts: 1 })
      expect(await sentRowsOf(outboxId)).toHaveLength(1)
    },
  )

  it('for longer than the claim is patient brings the message back later', async () => {
    const { outboxId, email } = await createOrderEmail()
    await failDatabase('"attempts" +', 'before', 4)
    const { acked, retriedIn } = await deliverEmail(outboxId, { attempts: 2 })
    expect(acked).toBe(false)
    expect(retriedIn).toBeGreaterThanOrEqual(12)
    await deliverEmail(outboxId)
    await oneEmailTo(email)
  })

  it.each(['before', 'after_commit'] as const)(
    'when an accepted email is recorded (%s) is asked again, and the email is not sent again',
    async (when) => {
      const { outboxId, orderId, email } = await createOrderEmail()
      await failDatabase('insert into "emails_sent"', when, 5)
      expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
      await oneEmailTo(email)
      expect(await outboxRow(outboxId)).toMatchObject({ status: 'sent' })
      expect(await sentRowsOf(outboxId)).toHaveLength(1)
      expect(await failuresOf(orderId)).toEqual([])
    },
  )

  it('for good when an accepted email is recorded leaves a failure of its own, and the email is not sent again', async () => {
    const { outboxId, orderId, email } = await createOrderEmail()
    await failDatabase('insert into "emails_sent"', 'before', 12)
    await deliverEmail(outboxId)
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sent' })
    expect(await failuresOf(orderId)).toMatchObject([{ type: 'emailsent_logging', phase: 6 }])
    await deliverEmail(outboxId, { ahead: 60 * MINUTE })
    expect(await emailsTo(email)).toHaveLength(1)
  })
})
