import { afterEach, describe, expect, it } from 'vitest'
import { BUILT_IN_TEMPLATES } from '../../../src/features/email/templates/built-in.ts'
import { renderEmail } from '../../../src/features/email/render-email.ts'
import { deliverEvent, toldOf } from '../support/alerts.ts'
import {
  createOrderEmail,
  createOutboxRow,
  deliverEmail as deliver,
  failuresOf,
  outboxRow,
  sentRowsOf,
} from '../support/email.ts'
import { emailsTo, failMail, oneEmailTo } from '../support/mailbox.ts'
import { countRoundTrips, db, failDatabase, unique } from '../support/shop.ts'

/** The alerts stay in the outbox: a consumer that wakes up in the middle of a test would be counted. */
const QUIET = { EMAIL_QUEUE: { send: async () => undefined, sendBatch: async () => undefined } }
const deliverEmail = (outboxId: string) => deliver(outboxId, { overrides: QUIET })

const EM_CD = 'order_confirmation_prospect'
const [seeded] = await db`SELECT * FROM email_templates WHERE em_cd = ${EM_CD}`

async function restore(): Promise<void> {
  await db`DELETE FROM email_templates WHERE em_cd = ${EM_CD}`
  await db`INSERT INTO email_templates SELECT * FROM jsonb_populate_record(NULL::email_templates, ${JSON.stringify(seeded)}::jsonb)`
}

afterEach(restore)

/** Breaks the template in one column, and changes its subject where that is not the column. */
async function breakTemplate(column: string, text: string): Promise<void> {
  await db`UPDATE email_templates SET subject = 'Not built in' WHERE em_cd = ${EM_CD}`
  await db.query(`UPDATE email_templates SET ${column} = $1 WHERE em_cd = $2`, [text, EM_CD])
}

const alertsAbout = async (variable: string) =>
  (await toldOf('template', EM_CD)).filter(({ variables }) => variables.problem.includes(variable))

const newVariable = (): string => unique('ordr').replaceAll('-', '_')

describe('an email whose template is broken', () => {
  it.each([
    ['a variable that does not exist', 'html_body', '<p>{{ ordr.identifier }}</p>', 'undefined variable: ordr'],
    ['Liquid that is never closed', 'text_body', '{% if order %}', 'not closed'],
    ['an unknown filter', 'subject', '{{ order.identifier | sparkle }}', 'undefined filter: sparkle'],
    ['a sender that is no address', 'from_address', 'The shop', 'an address of this email is malformed'],
    ['a blind copy to no address', 'bcc_address', 'nobody', 'an address of this email is malformed'],
  ])('goes out with the built-in text for %s, and the failure is kept', async (_, column, text, problem) => {
    await breakTemplate(column, text)
    const { outboxId, orderId, identifier, email } = await createOrderEmail()
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    const received = await oneEmailTo(email)
    expect(received.subject).toBe(`Your order ${identifier} is confirmed`)
    expect(received.from).toBe('hello@example.com')
    expect(received.html).toContain('Teapot')
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'sent' })
    expect(await sentRowsOf(outboxId)).toHaveLength(1)
    expect(await failuresOf(orderId)).toMatchObject([
      { type: 'formatting', phase: 4, message: expect.stringContaining(problem), resolved_at: null },
    ])
  })

  it.each([
    ['is missing', () => db`DELETE FROM email_templates WHERE em_cd = ${EM_CD}`],
    ['is a draft', () => db`UPDATE email_templates SET status = 'draft' WHERE em_cd = ${EM_CD}`],
  ])('goes out with the built-in text when the row %s', async (_, change) => {
    await change()
    const { outboxId, orderId, identifier, email } = await createOrderEmail()
    await deliverEmail(outboxId)
    expect((await oneEmailTo(email)).subject).toBe(`Your order ${identifier} is confirmed`)
    expect(await failuresOf(orderId)).toMatchObject([{ type: 'template_lookup', phase: 3 }])
  })

  it('is told to an operator once, however many emails need it and however often each is delivered', async () => {
    const variable = newVariable()
    await breakTemplate('html_body', `{{ ${variable}.identifier }}`)
    const orders = await Promise.all(Array.from({ length: 4 }, () => createOrderEmail()))
    await Promise.all(orders.flatMap(({ outboxId }) => [deliverEmail(outboxId), deliverEmail(outboxId)]))
    for (const { email, orderId } of orders) {
      await oneEmailTo(email)
      expect(await failuresOf(orderId)).toHaveLength(1)
    }
    const alerts = await alertsAbout(variable)
    expect(alerts).toHaveLength(1)
    await deliverEvent(alerts[0]!.event_id, { overrides: QUIET })
    const rows =
      await db`SELECT id, to_address FROM email_outbox WHERE em_cd = 'operator_alert' AND variables->>'problem' LIKE ${`%${variable}%`}`
    expect(rows).toEqual([{ id: expect.any(String), to_address: 'operator@example.com' }])
    const { id } = rows[0]!
    await deliverEmail(id)
    const told = async () =>
      (await emailsTo('operator@example.com')).filter(({ headers }) => headers['message-id']?.includes(id))
    await expect.poll(told).toHaveLength(1)
    const [alert] = await told()
    expect(alert?.subject).toContain('email-template-broken')
    expect(alert?.text).toContain(EM_CD)
    expect(alert?.text).toContain(`undefined variable: ${variable}`)
  })

  it('is told anew on the next day, by the alert that is open', async () => {
    const variable = newVariable()
    await breakTemplate('html_body', `{{ ${variable} }}`)
    for (const ahead of [0, 23, 25]) {
      const { outboxId } = await createOrderEmail()
      await deliver(outboxId, { overrides: QUIET, ahead: ahead * 3_600_000 })
    }
    const told = await alertsAbout(variable)
    expect(told).toHaveLength(2)
    const alerts = await db`SELECT raised_count FROM operator_alerts WHERE details->>'problem' LIKE ${`%${variable}%`}`
    expect(alerts).toEqual([{ raised_count: 3 }])
  })

  it('is told anew when an operator has written another broken text', async () => {
    const variable = newVariable()
    for (const text of ['first', 'second']) {
      await breakTemplate('html_body', `${text} {{ ${variable} }}`)
      await deliverEmail((await createOrderEmail()).outboxId)
    }
    expect(await alertsAbout(variable)).toHaveLength(2)
  })

  it('takes no more round trips than any other, and keeps its failure when the mail server is away', async () => {
    await breakTemplate('html_body', '{{ ordr.identifier }}')
    const first = await createOrderEmail()
    expect((await countRoundTrips(() => deliverEmail(first.outboxId))).roundTrips).toBe(3)
    const second = await createOrderEmail()
    await failMail(second.email, 'temporary')
    expect((await deliverEmail(second.outboxId)).retriedIn).toBeGreaterThan(0)
    expect(await failuresOf(second.orderId)).toMatchObject([{ type: 'formatting' }])
    expect(await emailsTo(second.email)).toEqual([])
  })

  it('goes out once when the answer to its note is lost', async () => {
    await breakTemplate('html_body', '{{ ordr.identifier }}')
    const { outboxId, orderId, email } = await createOrderEmail()
    await failDatabase('order_email_failures', 'after_commit')
    await deliverEmail(outboxId)
    await oneEmailTo(email)
    expect(await failuresOf(orderId)).toHaveLength(1)
  })

  it('fails as before when the built-in text cannot be filled in either', async () => {
    const to = `${unique('reader')}@example.com`
    const outboxId = await createOutboxRow({ emCd: 'password_reset', to })
    await deliverEmail(outboxId)
    expect(await outboxRow(outboxId)).toMatchObject({
      status: 'failed',
      last_error: expect.stringContaining('reset_url'),
    })
    expect(await emailsTo(to)).toEqual([])
  })
})

describe('the built-in texts', () => {
  const line = { title: 'Mug', description: 'Blue', quantity: 2, unit_price: '$10', subtotal: '$20', image: null }
  const order = {
    identifier: 'ORD-1',
    url: 'https://shop.example/orders/ORD-1',
    placed_at: 'November 21, 2026',
    customer_name: null,
    status: 'Shipped',
    lines: [line],
    discounts: [],
    item_subtotal: '$20',
    item_discount: null,
    shipping: '$5',
    shipping_discount: null,
    tax: null,
    total: '$25',
    shipping_address: [],
    shipping_method: null,
  }
  const shop = {
    name: 'Hilo',
    legal_name: 'Hilo SL',
    address: ['1 Street'],
    logo_url: null,
    support_email: 'help@hilo.example',
    social_links: [],
    accent: '#123456',
    accent_dark: '#abcdef',
    on_accent: '#ffffff',
    on_accent_dark: '#000000',
  }
  const links = [
    'verify_url',
    'disown_url',
    'undo_url',
    'reset_url',
    'billing_url',
    'cart_url',
    'confirm_url',
    'account_url',
  ].map((name) => [name, 'https://hilo.example/x'])
  const variables = {
    ...Object.fromEntries(links),
    storefront_url: 'https://hilo.example',
    shop,
    order,
    plan: 'Tea',
    ends_on: 'May 1',
    refund_amount: '$5',
    code: 'stock-low',
    kind: 'erasure',
  }
  const given = { sender: { name: 'Hilo', email: 'shop@hilo.example' }, to: 'reader@example.com', variables }

  it.each(BUILT_IN_TEMPLATES.map((template) => [template.emCd, template] as const))(
    'can be filled in with what they are given, and with nothing less: %s',
    async (_, template) => {
      const email = await renderEmail(template, given)
      for (const part of [email.text, email.html]) expect(part).toContain('Hilo SL')
      for (const part of ['subject', 'textBody', 'htmlBody'] as const) {
        const broken = { ...template, [part]: `${template[part]}{{ no_such_thing }}` }
        await expect(renderEmail(broken, given)).rejects.toThrow(/undefined variable: no_such_thing/)
      }
    },
  )
})
