import { afterEach, describe, expect, it, vi } from 'vitest'
import { recordEmailFailure } from '../../../src/features/email/record-email-failure.ts'
import {
  createEmailCtx,
  createOrder,
  createOutboxRow,
  createTemplate,
  deliverEmail,
  failuresOf,
  outboxRow,
} from '../support/email.ts'
import { failMail } from '../support/mailbox.ts'
import { db, clearDatabaseFaults, failDatabase } from '../support/shop.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  await clearDatabaseFaults()
})

/** Everything that is printed from now on. */
function watchLog(): () => string {
  const calls = (['info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level).mock.calls)
  return () => calls.flat(2).join('\n')
}

const MASKED = 'b***@example.com'

describe('the record of an email failure', () => {
  it('is written at once when there is no active template', async () => {
    const { orderId, email } = await createOrder()
    const emCd = await createTemplate()
    await db`UPDATE email_templates SET status = 'archived' WHERE em_cd = ${emCd}`
    const outboxId = await createOutboxRow({ emCd, orderId, to: email })
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
    expect(await failuresOf(orderId)).toMatchObject([
      { type: 'template_lookup', phase: 3, message: `there is no active template ${emCd}`, customer_email: email },
    ])
  })

  it.each([
    ['broken Liquid', { html: '{% if order %}never closed' }],
    ['an unknown variable', { text: 'Hello {{ no_such_thing }}' }],
    ['an unknown filter', { subject: '{{ order.identifier | sparkle }}' }],
    ['a file that it wants to include', { html: "{% include '/etc/passwd' %}" }],
    ['a sender that is no address', { from: 'Mercat' }],
    ['a loop without an end', { text: '{% for i in (1..1000000000) %}x{% endfor %}' }],
  ])('is written at once for a template with %s', async (_, bodies) => {
    const { orderId, email } = await createOrder()
    const outboxId = await createOutboxRow({ emCd: await createTemplate(bodies), orderId, to: email })
    expect(await deliverEmail(outboxId)).toEqual({ acked: true, retriedIn: null })
    expect(await outboxRow(outboxId)).toMatchObject({ status: 'failed' })
    expect(await failuresOf(orderId)).toMatchObject([{ type: 'formatting', phase: 4 }])
  })

  it('is one row an order and type, whose message is the latest', async () => {
    const { orderId, email } = await createOrder({ member: true })
    const ctx = createEmailCtx()
    await recordEmailFailure(ctx, { orderId, type: 'cart_deletion', phase: 5, error: new Error('first') })
    await Promise.all(
      Array.from({ length: 5 }, () =>
        recordEmailFailure(ctx, { orderId, type: 'cart_deletion', phase: 5, error: new Error('second') }),
      ),
    )
    await recordEmailFailure(ctx, { orderId, type: 'smtp', phase: 6, error: 'other' })
    expect(await failuresOf(orderId)).toMatchObject([
      { type: 'cart_deletion', message: 'second', customer_email: email, is_member: true },
      { type: 'smtp', message: 'other' },
    ])
  })

  it('is a new row when the earlier one was resolved', async () => {
    const { orderId } = await createOrder()
    const failure = { orderId, type: 'smtp', phase: 6, error: 'again' } as const
    await recordEmailFailure(createEmailCtx(), failure)
    await db`UPDATE order_email_failures SET resolved_at = now() WHERE order_id = ${orderId}`
    await recordEmailFailure(createEmailCtx(), failure)
    expect(await failuresOf(orderId)).toHaveLength(2)
  })

  it('survives a lost answer without a second row', async () => {
    const { orderId } = await createOrder()
    await failDatabase('order_email_failures', 'after_commit')
    await recordEmailFailure(createEmailCtx(), { orderId, type: 'smtp', phase: 6, error: 'x' })
    expect(await failuresOf(orderId)).toHaveLength(1)
  })
})

describe('the log of an email failure', () => {
  it('has the line that operators search for, the address masked', async () => {
    const { orderId, identifier, email } = await createOrder({ member: true })
    const log = watchLog()
    const error = new Error(`550 <${email}>:\r\n"unknown" user`)
    await recordEmailFailure(createEmailCtx(), { orderId, type: 'smtp', phase: 6, error })
    const line = `[ORDER_EMAIL_FAILURE] phase=6 order=${identifier} customer=${MASKED} is_member=true error=550 <${MASKED}>: "unknown" user`
    expect(log()).toContain(JSON.stringify(line))
    expect(log()).not.toContain(email)
  })

  it('has the line without the customer when the database cannot be asked, and nothing is thrown', async () => {
    const { orderId } = await createOrder()
    // More than the four tries of this statement: an email of another test may meet the fault too.
    await failDatabase('order_email_failures', 'before', 8)
    const log = watchLog()
    await recordEmailFailure(createEmailCtx(), { orderId, type: 'smtp', phase: 6, error: 'gone' })
    expect(log()).toContain(
      `[ORDER_EMAIL_FAILURE] phase=6 order=${orderId} customer=unknown is_member=unknown error=gone`,
    )
    await clearDatabaseFaults()
    expect(await failuresOf(orderId)).toEqual([])
  })

  it.each(['reject', 'temporary', 'timeout', null] as const)('never holds an address: %s', async (mode) => {
    const { orderId, email } = await createOrder()
    const outboxId = await createOutboxRow({ orderId, to: email })
    if (mode !== null) await failMail(email, mode)
    const log = watchLog()
    await deliverEmail(outboxId)
    expect(log()).toContain(outboxId.slice(0, 8))
    expect(log()).not.toContain(email)
  })
})
