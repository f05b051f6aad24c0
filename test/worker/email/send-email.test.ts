import { describe, expect, it } from 'vitest'
import { checkOrderToken } from '../../../src/shared/order-token.ts'
import {
  createEmailCtx,
  createOrderEmail,
  createOutboxRow,
  createTemplate,
  deliverEmail,
  failuresOf,
  outboxRow,
  sentRowsOf,
} from '../support/email.ts'
import { emailsTo, oneEmailTo } from '../support/mailbox.ts'
import { countRoundTrips, unique } from '../support/shop.ts'

describe('sending an order confirmation', () => {
  it('arrives as HTML and text with the lines, the totals and the way to the order', async () => {
    const { outboxId, identifier, email } = await createOrderEmail({ tax: 150 })
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    const received = await oneEmailTo(email)
    expect(received.subject).toBe(`Your order ${identifier} is confirmed`)
    expect(received.from).toBe('hello@example.com')
    for (const part of [received.text, received.html]) {
      expect(part).toContain('Hello Jane Doe,')
      expect(part).toContain('Blue, M')
      for (const amount of ['$20.00', '-$1.00', '$5.00', '$1.50', '$25.50']) expect(part).toContain(amount)
      expect(part).toContain('1 Main Street')
      expect(part).toContain('Springfield, 12345')
      expect(part).toContain('United States')
    }
    expect(received.text).toMatch(/^2 x Teapot {2,}\$20\.00$/m)
    expect(received.headers['message-id']).toBe(`<${outboxId}@example.com>`)
    expect(received.headers['content-type']).toMatch(/^multipart\//)
    expect(Date.parse(received.headers['date'] ?? '')).toBeGreaterThan(Date.now() - 60_000)
  })

  it('links to the order with a token that opens it, and with the codes of the email and its reader', async () => {
    const { outboxId, identifier, email } = await createOrderEmail()
    await deliverEmail(outboxId)
    const { text } = await oneEmailTo(email)
    const link = new URL(/View your order: (\S+)/.exec(text)![1]!)
    expect(link.href).toContain(`http://storefront.test/orders/${identifier}?`)
    expect(link.searchParams.get('em_cd')).toBe('order_confirmation_prospect')
    expect(link.searchParams.get('pr_cd')).toMatch(/^PR/)
    expect(link.searchParams.has('mb_cd')).toBe(false)
    const { env } = createEmailCtx()
    const token = link.searchParams.get('token') ?? ''
    expect(await checkOrderToken(env, identifier, token, new Date())).toBe('good')
  })

  it("carries a member's code in a member's confirmation", async () => {
    const { outboxId, email } = await createOrderEmail({ member: true })
    await deliverEmail(outboxId)
    const { html } = await oneEmailTo(email)
    expect(html).toMatch(/em_cd=order_confirmation_member&amp;mb_cd=MB/)
  })

  it('formats money in the locale of the order, and falls back when there is no such locale', async () => {
    const german = await createOrderEmail({ locale: 'de-DE' })
    const odd = await createOrderEmail({ locale: 'not a locale' })
    await Promise.all([deliverEmail(german.outboxId), deliverEmail(odd.outboxId)])
    expect((await oneEmailTo(german.email)).text).toContain('24,00\u00a0$')
    expect((await oneEmailTo(odd.email)).text).toContain('$24.00')
  })

  it('is logged as sent, once the mail server has accepted it', async () => {
    const { outboxId, email, orderId } = await createOrderEmail()
    await deliverEmail(outboxId)
    expect(await outboxRow(outboxId)).toMatchObject({
      status: 'sent',
      attempts: 1,
      last_error: null,
      lease_until: null,
    })
    expect(await sentRowsOf(outboxId)).toMatchObject([
      { order_id: orderId, to_address: email, message_id: `<${outboxId}@example.com>`, transport: 'smtp' },
    ])
    expect(await failuresOf(orderId)).toEqual([])
  })

  it('takes three round trips: claim and read, hand over, record', async () => {
    const { outboxId } = await createOrderEmail()
    const { roundTrips } = await countRoundTrips(() => deliverEmail(outboxId))
    expect(roundTrips).toBe(3)
  })
})

describe('an email that is delivered to the consumer more than once', () => {
  it('goes out once when twenty consumers get it at the same time', async () => {
    const { outboxId, email } = await createOrderEmail()
    const results = await Promise.all(Array.from({ length: 20 }, () => deliverEmail(outboxId)))
    expect(results.every(({ acked }) => acked)).toBe(true)
    await oneEmailTo(email)
    expect(await sentRowsOf(outboxId)).toHaveLength(1)
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sent', attempts: 1 })
  })

  it('does not go out again afterwards, however late the duplicate comes', async () => {
    const { outboxId, email } = await createOrderEmail()
    await deliverEmail(outboxId)
    expect(await deliverEmail(outboxId, { ahead: 3_600_000 })).toEqual({ acked: true, retriedIn: null })
    expect(await emailsTo(email)).toHaveLength(1)
  })

  it('is acknowledged when there is no such email', async () => {
    expect(await deliverEmail(crypto.randomUUID())).toEqual({ acked: true, retriedIn: null })
  })
})

describe('what a variable holds', () => {
  it('cannot add markup to the HTML', async () => {
    const hostile = { title: '<img src=x onerror=alert(1)>"\'&', customerName: '<script>alert(1)</script>' }
    const { outboxId, email } = await createOrderEmail(hostile)
    await deliverEmail(outboxId)
    const { html, text } = await oneEmailTo(email)
    expect(html).not.toMatch(/<script|<img src=x/i)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&#34;&#39;&amp;')
    expect(text).toContain('<script>alert(1)</script>')
  })

  it('is never run as a template', async () => {
    const { outboxId, email } = await createOrderEmail({ title: '{{ order.url }}{% for %}' })
    await deliverEmail(outboxId)
    expect((await oneEmailTo(email)).html).toContain('{{ order.url }}{% for %}')
  })

  it('cannot add a header through the subject', async () => {
    const to = `${unique('reader')}@example.com`
    const emCd = await createTemplate({ subject: 'Hello {{ name }}' })
    const name = 'Eve\r\nBcc: everyone@example.com\r\n\r\nbody\u2028x'
    await deliverEmail(await createOutboxRow({ emCd, to, variables: { name } }))
    const received = await oneEmailTo(to)
    expect(received.subject).toBe('Hello Eve Bcc: everyone@example.com body x')
    expect(received.headers).not.toHaveProperty('bcc')
    expect(received.envelope.to).toEqual([to])
  })

  it.each(['a@example.com\r\nRCPT TO:<b@example.com>', 'a@example.com, b@example.com', 'a@example.com>', 'nobody', ''])(
    'cannot reach others through the address %j',
    async (to) => {
      const outboxId = await createOutboxRow({ emCd: await createTemplate(), to })
      expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
      expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
      expect(await emailsTo('b@example.com')).toEqual([])
    },
  )

  it('survives in subject and sender when it is not ASCII', async () => {
    const to = `${unique('reader')}@example.com`
    const name = 'Señora Ærøskøbing 🎉 '.repeat(8).trim()
    const emCd = await createTemplate({
      subject: '{{ name }}',
      text: '{{ name }}\n.\n..dots\n',
      html: '<p>{{ name }}</p>',
      from: 'Böttcher & Söhne <shop@example.com>',
    })
    await deliverEmail(await createOutboxRow({ emCd, to, variables: { name } }))
    const received = await oneEmailTo(to)
    expect(received.subject).toBe(name)
    expect(received.text).toContain(`${name}\n.\n..dots`)
    expect(received.html).toContain(name)
    expect(received.headers['from']).toContain('shop@example.com')
  })
})

describe('a blind copy', () => {
  it('reaches its address and is named nowhere in the message', async () => {
    const to = `${unique('reader')}@example.com`
    const bcc = `${unique('archive')}@example.com`
    const emCd = await createTemplate({ bcc })
    await deliverEmail(await createOutboxRow({ emCd, to }))
    const received = await oneEmailTo(bcc)
    expect(received.envelope.to).toEqual([to, bcc])
    expect(JSON.stringify(received.headers)).not.toContain(bcc)
  })
})
