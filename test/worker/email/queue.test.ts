import {
  createExecutionContext,
  createMessageBatch,
  env,
  getQueueResult,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { insertOutboxRow } from '../../../src/features/email/queries/new-emails.ts'
import { enqueueEmails } from '../../../src/features/email/enqueue-email.ts'
import { sweepOutbox } from '../../../src/features/email/sweep-outbox.ts'
import worker from '../../../src/index.ts'
import { createEmailCtx, createOrder, createOrderEmail, deliverEmail, failuresOf, outboxRow } from '../support/email.ts'
import { emailsTo, failMail, oneEmailTo } from '../support/mailbox.ts'
import { db, failDatabase } from '../support/shop.ts'

const MINUTE = 60_000

async function runBatch(queue: string, bodies: unknown[], overrides: Record<string, unknown> = {}) {
  const messages = bodies.map((body, i) => ({ id: `message-${i}`, timestamp: new Date(), attempts: 1, body }))
  const batch = createMessageBatch(queue, messages)
  const runtime = createExecutionContext()
  await worker.queue(batch, { ...env, ...overrides }, runtime)
  await waitOnExecutionContext(runtime)
  return getQueueResult(batch, runtime)
}

const message = (outboxId: string) => ({ type: 'send-email', outboxId, requestId: 'req-7' })

/** A queue that keeps what it gets, or refuses it. */
function fakeQueue({ broken = false } = {}) {
  const received: { outboxId: string; requestId: string }[] = []
  const take = async (bodies: { outboxId: string; requestId: string }[]) => {
    if (broken) throw new Error('queue is down')
    received.push(...bodies)
  }
  return {
    received,
    send: (body: { outboxId: string; requestId: string }) => take([body]),
    sendBatch: (batch: { body: { outboxId: string; requestId: string } }[]) => take(batch.map(({ body }) => body)),
  }
}

describe('a batch of the email queue', () => {
  it('acknowledges or retries each message on its own', async () => {
    const [good, refused, deferred] = await Promise.all([createOrderEmail(), createOrderEmail(), createOrderEmail()])
    await failMail(refused.email, 'reject')
    await failMail(deferred.email, 'temporary')
    const result = await runBatch(
      'mercat-email',
      [good, deferred, refused].map(({ outboxId }) => message(outboxId)),
    )
    expect(result.explicitAcks).toEqual(['message-0', 'message-2'])
    expect(result.retryMessages).toMatchObject([{ msgId: 'message-1' }])
    await oneEmailTo(good.email)
  })

  it('sends an email whose message comes several times in one batch once', async () => {
    const { outboxId, email } = await createOrderEmail()
    const result = await runBatch(
      'mercat-email',
      Array.from({ length: 10 }, () => message(outboxId)),
    )
    expect(result.explicitAcks).toHaveLength(10)
    await oneEmailTo(email)
  })

  it.each([
    ['nothing', null],
    ['a text', 'send-email'],
    ['an unknown type', { type: 'launch-rocket', outboxId: crypto.randomUUID(), requestId: 'x' }],
    ['no request id', { type: 'send-email', outboxId: crypto.randomUUID() }],
    ['an id that is none', { type: 'send-email', outboxId: "'; DROP TABLE orders", requestId: 'x' }],
  ])('lays a message aside that holds %s', async (_, body) => {
    const { outboxId, email } = await createOrderEmail()
    const result = await runBatch('mercat-email', [body, message(outboxId)])
    expect(result.explicitAcks.toSorted()).toEqual(['message-0', 'message-1'])
    await oneEmailTo(email)
  })

  it('logs with the request id of the message', async () => {
    const { outboxId } = await createOrderEmail()
    const printed = vi.spyOn(console, 'info')
    await runBatch('mercat-email', [message(outboxId)])
    // The queue itself may be sending what another test has left it.
    const lines = printed.mock.calls
      .flat()
      .map(String)
      .filter((text) => text.includes(outboxId))
    const line = lines.find((text) => text.includes('"email-sent"'))
    printed.mockRestore()
    expect(JSON.parse(String(line))).toMatchObject({ request_id: 'req-7', handler: 'queue' })
  })
})

describe('a message that the queue has given up', () => {
  it('ends its email and leaves the failure to the operators', async () => {
    const { outboxId, orderId, email } = await createOrderEmail()
    await failMail(email, 'temporary')
    await deliverEmail(outboxId)
    const result = await runBatch('mercat-email-dead', [message(outboxId)])
    expect(result.explicitAcks).toEqual(['message-0'])
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
    expect(await failuresOf(orderId)).toMatchObject([
      { type: 'smtp', phase: 6, message: expect.stringMatching(/^given up by the queue: .*451/) },
    ])
  })

  it('changes nothing when the email was sent in the meantime', async () => {
    const { outboxId, orderId } = await createOrderEmail()
    await deliverEmail(outboxId)
    expect(await deliverEmail(outboxId, { dead: true })).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sent' })
    expect(await failuresOf(orderId)).toEqual([])
  })

  it('waits while an attempt is under way', async () => {
    const { outboxId } = await createOrderEmail()
    await db`
      UPDATE email_outbox SET status = 'sending', lease_id = uuidv7(), lease_until = now() + interval '1 minute'
      WHERE id = ${outboxId}`
    expect(await deliverEmail(outboxId, { dead: true })).toEqual({ acked: false, retriedIn: 300 })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sending' })
  })

  it('comes again when the database does not answer', async () => {
    const { outboxId, orderId } = await createOrderEmail()
    await failDatabase('order_email_failures', 'before', 4)
    expect(await deliverEmail(outboxId, { dead: true })).toEqual({ acked: false, retriedIn: 300 })
    expect(await deliverEmail(outboxId, { dead: true })).toEqual({ acked: true, retriedIn: null })
    expect(await failuresOf(orderId)).toHaveLength(1)
  })
})

describe('an email that the queue never got', () => {
  it('does not trouble who wanted it sent, and is picked up by the sweep a minute later', async () => {
    const order = await createOrder()
    const outboxId = crypto.randomUUID()
    const broken = createEmailCtx({ overrides: { EMAIL_QUEUE: fakeQueue({ broken: true }) } })
    await insertOutboxRow(broken.db, {
      id: outboxId,
      emCd: 'order_confirmation_prospect',
      variables: {},
      orderId: order.orderId,
      toAddress: order.email,
      requestId: 'req-of-the-order',
      now: broken.now(),
    })
    await enqueueEmails(broken, [outboxId])

    const queue = fakeQueue()
    await sweepOutbox(createEmailCtx({ overrides: { EMAIL_QUEUE: queue } }))
    expect(queue.received.map((body) => body.outboxId)).not.toContain(outboxId)
    await sweepOutbox(createEmailCtx({ overrides: { EMAIL_QUEUE: queue }, ahead: 61_000 }))
    expect(queue.received).toContainEqual({ type: 'send-email', outboxId, requestId: 'req-of-the-order' })

    await deliverEmail(outboxId, { ahead: 61_000 })
    await oneEmailTo(order.email)
  })

  it('is due again when the sweep cannot reach the queue either', async () => {
    const { outboxId } = await createOrderEmail()
    const broken = fakeQueue({ broken: true })
    await sweepOutbox(createEmailCtx({ overrides: { EMAIL_QUEUE: broken }, ahead: 61_000 }))
    const queue = fakeQueue()
    await sweepOutbox(createEmailCtx({ overrides: { EMAIL_QUEUE: queue }, ahead: 2 * MINUTE + 2_000 }))
    expect(queue.received.map((body) => body.outboxId)).toContain(outboxId)
  })
})

describe('the sweep of the outbox', () => {
  it('hands each due email to one of several sweeps that run at once', async () => {
    const emails = await Promise.all(Array.from({ length: 12 }, () => createOrderEmail()))
    const queue = fakeQueue()
    const ctx = createEmailCtx({ overrides: { EMAIL_QUEUE: queue }, ahead: 61_000 })
    await Promise.all([sweepOutbox(ctx), sweepOutbox(ctx), sweepOutbox(ctx), sweepOutbox(ctx)])
    for (const { outboxId } of emails) {
      expect(queue.received.filter((body) => body.outboxId === outboxId)).toHaveLength(1)
    }
  })

  it('leaves an email alone that waits for its next attempt, and one that is being sent', async () => {
    const [waiting, sending] = await Promise.all([createOrderEmail(), createOrderEmail()])
    await db`UPDATE email_outbox SET attempts = 7 WHERE id = ${waiting.outboxId}`
    await failMail(waiting.email, 'temporary')
    await deliverEmail(waiting.outboxId)
    await db`
      UPDATE email_outbox SET status = 'sending', lease_id = uuidv7(), next_sweep_at = now(),
        lease_until = now() + interval '1 hour' WHERE id = ${sending.outboxId}`
    const queue = fakeQueue()
    await sweepOutbox(createEmailCtx({ overrides: { EMAIL_QUEUE: queue }, ahead: 30 * MINUTE }))
    const swept = queue.received.map((body) => body.outboxId)
    expect(swept).not.toContain(waiting.outboxId)
    expect(swept).not.toContain(sending.outboxId)
    expect(await emailsTo(waiting.email)).toEqual([])
  })

  it('brings back an email whose attempt ended without an outcome', async () => {
    const { outboxId } = await createOrderEmail()
    await db`
      UPDATE email_outbox SET status = 'sending', lease_id = uuidv7(), lease_until = now(), next_sweep_at = now()
      WHERE id = ${outboxId}`
    const queue = fakeQueue()
    await sweepOutbox(createEmailCtx({ overrides: { EMAIL_QUEUE: queue }, ahead: 1_000 }))
    expect(queue.received.map((body) => body.outboxId)).toContain(outboxId)
  })
})
