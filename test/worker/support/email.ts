import { env } from 'cloudflare:test'
import { vi } from 'vitest'
import { createContext, type Ctx } from '../../../src/context.ts'
import { handleDeadEmailMessage, handleEmailMessage } from '../../../src/features/email/jobs.ts'
import type { Delivery, RawEnv } from '../../../src/env.ts'
import { db, unique } from './shop.ts'

export type CtxOptions = {
  overrides?: Record<string, unknown>
  /** Milliseconds that the context's clock is ahead. */
  ahead?: number
}

/** A context as the queue's handler makes it, with a clock that can be ahead. */
export function createEmailCtx({ overrides = {}, ahead = 0 }: CtxOptions = {}): Ctx {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the bindings of the test project
  const raw = { ...env, ...overrides } as unknown as RawEnv
  const given = { requestId: unique('request'), handler: 'queue', actor: { kind: 'job', name: 'email' } } as const
  const ctx = createContext(raw, { waitUntil: () => undefined }, given)
  return { ...ctx, now: () => new Date(Date.now() + ahead) }
}

export type TestOrder = { orderId: string; identifier: string; email: string }

type OrderOptions = { title?: string; customerName?: string; locale?: string; member?: boolean; tax?: number }

/** A complete order of 2 × 10.00 plus 5.00 shipping less 1.00 discount, without the purchase. */
export async function createOrder({
  title = 'Teapot',
  customerName = 'Jane Doe',
  locale = 'en',
  member = false,
  tax = 0,
}: OrderOptions = {}): Promise<TestOrder> {
  const email = `${unique('buyer')}@example.com`
  const identifier = unique('ORD')
  const code = unique('code')
  const [row] = await db`
    WITH sku AS (
      INSERT INTO skus (code) VALUES (${unique('SKU')}) RETURNING id
    ), discount AS (
      INSERT INTO discount_codes (code, kind, percent_off) VALUES (${code}, 'percent', 5) RETURNING id
    ), checkout AS (
      INSERT INTO checkouts (cart_version, locale, status, fingerprint, currency, item_subtotal_amount, item_discount_amount,
        shipping_amount, shipping_discount_amount, total_amount, terms_of_sale_version, agreed_with_terms_at, expires_at,
        next_sweep_at)
      VALUES (1, ${locale}, 'complete', 'test', 'usd', 2000, 100, 500, 0, 2400, '1', now(), now(), now()) RETURNING id
    ), member AS (
      INSERT INTO members (username, email, mb_cd) SELECT ${unique('user')}, ${email}, ${`MB${code}`} WHERE ${member} RETURNING id
    ), prospect AS (
      INSERT INTO prospects (email, pr_cd) SELECT ${email}, ${`PR${code}`} WHERE NOT ${member} RETURNING id
    ), placed AS (
      INSERT INTO orders (identifier, checkout_id, member_id, prospect_id, email, customer_name, locale, currency,
        item_subtotal_amount, item_discount_amount, shipping_amount, shipping_discount_amount, tax_amount, total_amount,
        terms_of_sale_version, agreed_with_terms_at)
      SELECT ${identifier}, checkout.id, (SELECT id FROM member), (SELECT id FROM prospect), ${email}, ${customerName}, ${locale},
        'usd', 2000, 100, 500, 0, ${tax}::integer, 2400 + ${tax}::integer, '1', now() FROM checkout RETURNING id
    ), line AS (
      INSERT INTO order_items (order_id, sku_id, sku_code, title, description, position, quantity, unit_amount, discount_amount,
        line_total_amount)
      SELECT placed.id, sku.id, 'LINE', ${title}, 'Blue, M', 1, 2, 1000, 100, 1900 FROM placed, sku
    ), discounted AS (
      INSERT INTO order_discounts (order_id, discount_code_id, code, kind, description, amount)
      SELECT placed.id, discount.id, ${code}, 'percent', '5 % off', 100 FROM placed, discount
    ), address AS (
      INSERT INTO order_shipping_addresses (order_id, name, line1, city, postal_code, country)
      SELECT id, ${customerName}, '1 Main Street', 'Springfield', '12345', 'US' FROM placed
    ), method AS (
      INSERT INTO order_shipping_methods (order_id, name, carrier, amount) SELECT id, 'Express', 'UPS', 500 FROM placed
    )
    SELECT id FROM placed`
  return { orderId: row!.id, identifier, email }
}

type OutboxOptions = {
  emCd?: string
  orderId?: string | null
  to: string
  variables?: Record<string, unknown>
  /** Seconds until the sweep may take it; the default is that of a new row. */
  sweepIn?: number
}

export async function createOutboxRow({
  emCd = 'order_confirmation_prospect',
  orderId = null,
  to,
  variables = {},
  sweepIn = 60,
}: OutboxOptions): Promise<string> {
  const [row] = await db`
    INSERT INTO email_outbox (em_cd, order_id, to_address, variables, request_id, next_sweep_at)
    VALUES (${emCd}, ${orderId}, ${to}, ${JSON.stringify(variables)}::jsonb, 'req-of-the-row',
      now() + make_interval(secs => ${sweepIn}))
    RETURNING id`
  return row!.id
}

/** An order with its confirmation in the outbox. */
export async function createOrderEmail(options: OrderOptions = {}): Promise<TestOrder & { outboxId: string }> {
  const order = await createOrder(options)
  const emCd = `order_confirmation_${options.member === true ? 'member' : 'prospect'}`
  return { ...order, outboxId: await createOutboxRow({ emCd, orderId: order.orderId, to: order.email }) }
}

/** A template of its own, so that a test may break it. */
export async function createTemplate(
  bodies: { subject?: string; text?: string; html?: string; from?: string; bcc?: string | null } = {},
): Promise<string> {
  const emCd = unique('template')
  const {
    subject = 'Hello',
    text = 'Hello',
    html = '<p>Hello</p>',
    from = 'Shop <shop@example.com>',
    bcc = null,
  } = bodies
  await db`
    INSERT INTO email_templates (em_cd, name, audience, subject, text_body, html_body, from_address, bcc_address)
    VALUES (${emCd}, ${emCd}, 'prospect', ${subject}, ${text}, ${html}, ${from}, ${bcc})`
  return emCd
}

type Deliver = { dead?: boolean; attempts?: number } & CtxOptions

/** Hands the job one message, as the queue would, and tells what became of it. */
export async function deliverEmail(
  outboxId: string,
  { dead = false, attempts = 1, ...options }: Deliver = {},
): Promise<{ acked: boolean; retriedIn: number | null }> {
  const retry = vi.fn<Delivery['retry']>()
  const ack = vi.fn<Delivery['ack']>()
  const handle = dead ? handleDeadEmailMessage : handleEmailMessage
  await handle(createEmailCtx(options), { type: 'send-email', outboxId, requestId: 'req-1' }, { attempts, ack, retry })
  return { acked: ack.mock.calls.length === 1, retriedIn: retry.mock.calls[0]?.[0]?.delaySeconds ?? null }
}

export async function outboxRow(id: string): Promise<Record<string, unknown>> {
  const [row] = await db`SELECT * FROM email_outbox WHERE id = ${id}`
  return row!
}

export const failuresOf = (orderId: string) =>
  db`SELECT * FROM order_email_failures WHERE order_id = ${orderId} ORDER BY created_at`

export const sentRowsOf = (outboxId: string) => db`SELECT * FROM emails_sent WHERE outbox_id = ${outboxId}`
