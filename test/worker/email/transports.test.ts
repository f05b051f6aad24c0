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
import { emailsTo, oneEmailTo } from '../support/mailbox.ts'
import { unique } from '../support/shop.ts'

const throughBinding = (send: (message: Record<string, unknown>) => Promise<{ messageId: string }>) => ({
  overrides: { EMAIL_TRANSPORT: 'cloudflare', SEND_EMAIL: { send }, SMTP_TIMEOUT_MS: '200' },
})

const refusal = (code: string) => Object.assign(new Error('no'), { code })

describe('the email binding', () => {
  it('gets HTML, text, sender, blind copy and the id of the email', async () => {
    const to = `${unique('reader')}@example.com`
    const emCd = await createTemplate({ subject: 'Hi', bcc: 'archive@example.com' })
    const outboxId = await createOutboxRow({ emCd, to })
    const sent: Record<string, unknown>[] = []
    const binding = throughBinding(async (message) => {
      sent.push(message)
      return { messageId: 'cf-1' }
    })
    expect(await deliverEmail(outboxId, binding)).toEqual({ acked: true, retriedIn: null })
    expect(sent).toEqual([
      {
        from: { name: 'Shop', email: 'shop@example.com' },
        to,
        bcc: 'archive@example.com',
        subject: 'Hi',
        text: 'Hello',
        html: '<p>Hello</p>',
        headers: { 'X-Entity-Ref-ID': outboxId },
      },
    ])
    expect(await sentRowsOf(outboxId)).toMatchObject([{ transport: 'cloudflare', message_id: 'cf-1' }])
  })

  it.each(['E_RECIPIENT_SUPPRESSED', 'E_CONTENT_TOO_LARGE'])(
    'is believed when it refuses for good: %s',
    async (code) => {
      const { outboxId, orderId } = await createOrderEmail()
      expect(
        await deliverEmail(
          outboxId,
          throughBinding(() => Promise.reject(refusal(code))),
        ),
      ).toMatchObject({ acked: true })
      expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
      expect(await failuresOf(orderId)).toMatchObject([{ type: 'smtp', message: `${code}: no` }])
    },
  )

  it.each(['E_RATE_LIMIT_EXCEEDED', 'E_SENDER_NOT_VERIFIED'])('is asked again later: %s', async (code) => {
    const { outboxId } = await createOrderEmail()
    expect(
      await deliverEmail(
        outboxId,
        throughBinding(() => Promise.reject(refusal(code))),
      ),
    ).toMatchObject({ acked: false })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'pending' })
  })

  it.each([
    ['fails without a code', () => Promise.reject(new Error('Network connection lost.'))],
    ['has an internal error', () => Promise.reject(refusal('E_INTERNAL_SERVER_ERROR'))],
    ['does not answer', () => new Promise<never>(() => undefined)],
  ])('is not asked again when it %s: the email may have gone out', async (_, send) => {
    const { outboxId, orderId } = await createOrderEmail()
    expect(await deliverEmail(outboxId, throughBinding(send))).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
    expect(await failuresOf(orderId)).toMatchObject([
      { type: 'smtp', message: expect.stringContaining('no clear answer') },
    ])
  })
})

describe('SMTP', () => {
  it('signs in when there are credentials', async () => {
    const { outboxId, email } = await createOrderEmail()
    const overrides = { SMTP_USERNAME: 'shop', SMTP_PASSWORD: 'pässword' }
    expect(await deliverEmail(outboxId, { overrides })).toEqual({ acked: true, retriedIn: null })
    await oneEmailTo(email)
  })

  it('keeps the email when the server does not offer the encryption that is asked for', async () => {
    const { outboxId, email } = await createOrderEmail()
    expect(await deliverEmail(outboxId, { overrides: { SMTP_SECURITY: 'starttls' } })).toMatchObject({ acked: false })
    expect(await outboxRow(outboxId)).toMatchObject({
      status: 'pending',
      last_error: expect.stringContaining('STARTTLS'),
    })
    expect(await emailsTo(email)).toEqual([])
  })

  it('gives an address up that only newer mail servers could read', async () => {
    const outboxId = await createOutboxRow({ emCd: await createTemplate(), to: 'jürgen@example.com' })
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
  })

  it('writes an international domain as mail servers know it', async () => {
    const name = unique('reader')
    await deliverEmail(await createOutboxRow({ emCd: await createTemplate(), to: `${name}@bücher.example` }))
    const { headers } = await oneEmailTo(`${name}@bücher.example`)
    expect(headers['to']).toBe(`${name}@xn--bcher-kva.example`)
  })
})
