import { describe, expect, test } from 'vitest'
import { unknownSession } from '../../../src/features/checkout/unknown-session.ts'
import { toldOf } from '../support/alerts.ts'
import { createBuyer } from '../support/buyer.ts'
import { createEmailCtx } from '../support/email.ts'
import { createMember } from '../support/member.ts'
import { createSku, db, stockOf, unique } from '../support/shop.ts'

// The schema is deployed before its Worker, and stays when the Worker is rolled back: what the Worker before it sends, which
// is written out here, works on.

/** Starts a checkout of a buyer's cart. */
async function startCheckout() {
  const { sku } = await createBuyer()
  const [cart] = await db`
    SELECT c.id, c.version, c.visitor_id FROM carts c JOIN cart_items i ON i.cart_id = c.id WHERE i.sku_id = ${sku.skuId}`
  const [method] = await db`SELECT id, name, carrier FROM shipping_methods WHERE active AND currency = 'usd' LIMIT 1`
  const [terms] = await db`SELECT version FROM terms_versions WHERE kind = 'sale' AND effective_at <= now() LIMIT 1`
  const now = new Date()
  const checkout = {
    id: crypto.randomUUID(),
    cart_id: cart!.id,
    cart_version: cart!.version,
    member_id: null,
    visitor_id: cart!.visitor_id,
    network_key: null,
    email: null,
    locale: 'en',
    fingerprint: unique('fingerprint'),
    idempotency_key: null,
    currency: 'usd',
    item_subtotal_amount: sku.amount,
    item_discount_amount: 0,
    shipping_amount: 500,
    shipping_discount_amount: 0,
    total_amount: sku.amount + 500,
    tax_included: false,
    shipping_method_id: method!.id,
    shipping_method_name: method!.name,
    shipping_carrier: method!.carrier,
    tracking_url_template: null,
    terms_of_sale_version: terms!.version,
    agreed_with_terms_at: now,
    created_at: now,
    expires_at: new Date(now.getTime() + 3_600_000),
    next_sweep_at: new Date(now.getTime() + 3_600_000),
  }
  const line = {
    sku_id: sku.skuId,
    product_id: sku.productId,
    product_slug: sku.slug,
    title: sku.title,
    description: '',
    sku_code: sku.code,
    color: null,
    size: null,
    image_url: null,
    image_caption: null,
    position: 0,
    quantity: 1,
    unit_amount: sku.amount,
    discount_amount: 0,
    line_total_amount: sku.amount,
  }
  await db`SELECT start_checkout(${JSON.stringify(checkout)}::jsonb, ${JSON.stringify([line])}::jsonb, '[]'::jsonb,
    ${null}::uuid, ${null}::jsonb)`
  expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  return { sku, checkout }
}

describe('under the schema of its successor the Worker before it', () => {
  test('reads and fills a cart', async () => {
    const { skuId } = await createSku()
    const [row] = await db`
      SELECT add_cart_item(${null}::uuid, ${crypto.randomUUID()}, ${crypto.randomUUID()}, ${skuId}, 2, 50, 'usd', now(),
        ${unique('scope')}, ${unique('key')}, 'fingerprint') AS cart`
    expect(row!.cart).toMatchObject({ lines: [{ skuId, quantity: 2 }] })
    expect(await db`SELECT cart_of(${row!.cart.id}::uuid, 'usd', now()) AS cart`).toEqual([row])
  })

  test('starts a checkout, reads its parts and releases it', async () => {
    const { sku, checkout } = await startCheckout()
    const [parts] = await db`SELECT p.order_identifier, p.items, p.codes FROM checkout_parts(${checkout.id}) p`
    expect(parts).toMatchObject({ order_identifier: null, items: [{ title: sku.title, quantity: 1 }], codes: [] })
    await db`SELECT release_checkout(${checkout.id}, 'expired', now(), ${null}::text, ${null}::text)`
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
  })

  test('writes an order, also of a checkout whose session was not stored', async () => {
    const { sku, checkout } = await startCheckout()
    const address = { name: 'Jane Doe', line1: '1 Main St', city: 'Springfield', postal_code: '12345', country: 'US' }
    const paid = {
      checkout_id: checkout.id,
      session_id: unique('cs_test'),
      fingerprint: checkout.fingerprint,
      payment_intent_id: unique('pi'),
      customer_id: null,
      payment_method_type: 'card',
      email: `${unique('guest')}@example.com`,
      name: 'Jane Doe',
      total_amount: checkout.total_amount + 100,
      tax_amount: 100,
      currency: 'usd',
      shipping_address: address,
      billing_address: address,
    }
    const ids = {
      order_id: crypto.randomUUID(),
      identifier: unique('ORDER'),
      prospect_id: crypto.randomUUID(),
      prospect_code: unique('PR'),
      outbox_id: crypto.randomUUID(),
    }
    const event = {
      id: unique('evt'),
      type: 'checkout.session.completed',
      object_id: paid.session_id,
      created_at: new Date(),
      payload_hash: 'digest',
    }
    const [status] = await db`SELECT code FROM order_status_types ORDER BY position LIMIT 1`
    await db`SELECT place_order(${JSON.stringify(paid)}::jsonb, ${JSON.stringify(ids)}::jsonb, ${JSON.stringify(event)}::jsonb,
      ${status!.code}, 'request', now(), now() + interval '1 day')`
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
    expect(await db`SELECT sku_code FROM order_items WHERE order_id = ${ids.order_id}`).toEqual([
      { sku_code: sku.code },
    ])
    expect(await db`SELECT em_cd, to_address FROM email_outbox WHERE order_id = ${ids.order_id}`).toEqual([
      { em_cd: 'order_confirmation_prospect', to_address: paid.email },
    ])
    expect(await db`SELECT outcome, order_id FROM webhook_events WHERE id = ${event.id}`).toEqual([
      { outcome: 'processed', order_id: ids.order_id },
    ])
  })

  test('takes the mark from an address that it changes: nobody owns one that is not verified', async () => {
    const { memberId } = await createMember()
    await db`UPDATE members SET email_verified_at = now(), email_owned_at = now() WHERE id = ${memberId}`
    const email = `${unique('new')}@example.com`
    await db`UPDATE members SET email = ${email}, email_verified_at = NULL WHERE id = ${memberId}`
    expect(await db`SELECT email_owned_at FROM members WHERE id = ${memberId}`).toEqual([{ email_owned_at: null }])
  })

  test('tells an operator once of what it keeps as an event of its own making, and its successor does not again', async () => {
    const [session, known] = [unique('cs_test'), unique('cs_test')]
    const tell = (id: string) => db`
      WITH failed AS (
        INSERT INTO webhook_events (id, type, object_id, outcome, error_code, payload_hash, created_at, received_at)
        VALUES (${`unknown:${id}`}, 'checkout.session-unknown', ${id}, 'failed', 'stripe-api-error', '', now(), now())
        ON CONFLICT (id) DO UPDATE SET error_code = EXCLUDED.error_code
          WHERE webhook_events.outcome = 'failed' AND webhook_events.error_code IS DISTINCT FROM EXCLUDED.error_code
        RETURNING id
      )
      INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
      SELECT ${crypto.randomUUID()}::uuid, 'operator_alert', 'operator@example.com', '{}'::jsonb, 'request',
        now() + interval '1 day', now()
      FROM failed ON CONFLICT (id) DO NOTHING RETURNING id`
    expect(await tell(session)).toHaveLength(1)
    expect(await tell(session)).toEqual([])
    expect(await db`SELECT code, subject_kind FROM operator_alerts WHERE subject_id = ${session}`).toEqual([
      { code: 'stripe-api-error', subject_kind: 'checkout-session' },
    ])
    const ctx = createEmailCtx()
    await unknownSession(ctx, session)
    expect(await toldOf('object_id', session)).toEqual([])

    await unknownSession(ctx, known)
    expect(await toldOf('object_id', known)).toHaveLength(1)
    expect(await tell(known)).toEqual([])
  })
})
