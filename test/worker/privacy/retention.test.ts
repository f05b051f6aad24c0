import { env } from 'cloudflare:test'
import { describe, expect, test, vi } from 'vitest'
import { createDb } from '../../../src/db/client.ts'
import { runBatch } from '../../../src/db/transaction.ts'
import { readEnv } from '../../../src/env.ts'
import { forgetGuestsStatements } from '../../../src/features/privacy/queries/expired-rows.ts'
import { GUEST_DAYS, KEPT, RETENTION } from '../../../src/features/privacy/retention.ts'
import { boughtOrder, checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { tick } from '../support/cron.ts'
import { createMember } from '../support/member.ts'
import { db, unique } from '../support/shop.ts'
import { deliver, expire, pay, sessionEvent } from '../support/stripe.ts'
import { traces } from './support.ts'

type Row = { key: string; value: string }

const returned = (rows: Record<string, unknown>[]): Row => ({ key: 'id', value: String(rows[0]?.['id']) })

/** One row of a table that is past its time as soon as it is old enough. */
const ROWS: Record<string, () => Promise<Row>> = {
  idempotency_keys: async () => {
    const key = unique('key')
    await db`INSERT INTO idempotency_keys (scope, key, fingerprint) VALUES ('test', ${key}, 'f')`
    return { key: 'key', value: key }
  },
  carts: async () => {
    const { client } = await createBuyer()
    return { key: 'id', value: (await client.get('/v1/cart')).json.id }
  },
  sessions: async () => ({ key: 'id', value: (await createMember()).sessionId }),
  known_devices: async () => {
    const { memberId } = await createMember()
    await db`INSERT INTO known_devices (device_id, member_id) VALUES (${crypto.randomUUID()}, ${memberId})`
    return { key: 'member_id', value: memberId }
  },
  one_time_tokens: async () => {
    const { memberId } = await createMember()
    return returned(
      await db`INSERT INTO one_time_tokens (member_id, purpose, token_hash, email, expires_at)
      VALUES (${memberId}, 'reset_password', ${unique('hash')}, 'a@example.com', now()) RETURNING id`,
    )
  },
  checkouts: async () => {
    const { client } = await createBuyer()
    const { checkout_id, session_id } = await checkOut(client)
    await expire(session_id)
    expect((await deliver(sessionEvent('checkout.session.expired', { id: session_id }))).status).toBe(200)
    return { key: 'id', value: checkout_id }
  },
  email_outbox: async () =>
    returned(
      await db`INSERT INTO email_outbox (em_cd, to_address, status, next_sweep_at)
      VALUES ('password_reset', 'a@example.com', 'sent', now()) RETURNING id`,
    ),
  order_email_failures: async () => {
    const { identifier } = await boughtOrder()
    return returned(
      await db`INSERT INTO order_email_failures (order_id, type, phase, message, customer_email, is_member, resolved_at)
      SELECT id, 'smtp', 6, 'mailbox full', email, false, now() FROM orders WHERE identifier = ${identifier} RETURNING id`,
    )
  },
  webhook_events: async () => {
    const id = `evt_${unique('old')}`
    await db`INSERT INTO webhook_events (id, type, outcome, payload_hash, created_at) VALUES (${id}, 'test', 'ignored', '', now())`
    return { key: 'id', value: id }
  },
  events: async () =>
    returned(
      await db`INSERT INTO events (type, version, subject_kind, subject_id) VALUES ('of-the-past', 1, 'order', 'test') RETURNING id`,
    ),
  operator_alerts: async () =>
    returned(
      await db`INSERT INTO operator_alerts (code, subject_kind, subject_id, resolved_at)
      VALUES ('internal-error', 'stripe-event', ${unique('evt')}, now()) RETURNING id`,
    ),
  privacy_requests: async () =>
    returned(
      await db`INSERT INTO privacy_requests (email, kind, token_hash, expires_at)
      VALUES ('a@example.com', 'export', ${unique('hash')}, now()) RETURNING id`,
    ),
  account_deletions: async () => {
    const id = crypto.randomUUID()
    await db`INSERT INTO account_deletions (member_id, next_attempt_at, done_at) VALUES (${id}, now(), now())`
    return { key: 'member_id', value: id }
  },
}

const age = (table: string, { key, value }: Row, since: string, hours: number) =>
  db.query(`UPDATE ${table} SET ${since} = now() - make_interval(hours => $1) WHERE ${key}::text = $2`, [hours, value])

const isThere = async (table: string, { key, value }: Row) =>
  (await db.query(`SELECT 1 FROM ${table} WHERE ${key}::text = $1`, [value])).length === 1

describe('what the shop does not need for ever', () => {
  test.each(RETENTION)('$table: $what, $days days', async ({ table, since, days }) => {
    const make = ROWS[table]
    if (make === undefined) throw new Error(`write here how a row of ${table} is made`)
    const [old, young] = [await make(), await make()]
    await age(table, old, since, days * 24 + 1)
    await age(table, young, since, days * 24 - 1)
    await tick()
    expect([await isThere(table, old), await isThere(table, young)]).toEqual([false, true])
  })

  test('live links, and carts that are being paid for, stay however old they are', async () => {
    const { memberId } = await createMember()
    const live = unique('live')
    await db`INSERT INTO one_time_tokens (member_id, purpose, token_hash, email, created_at, expires_at)
      VALUES (${memberId}, 'reset_password', ${live}, 'a@example.com', now() - interval '1 year', now() + interval '1 hour')`
    const held: string[] = []
    for (const payment of [undefined, { payment_method: 'bank_debit' }]) {
      const { client } = await createBuyer()
      held.push((await client.get('/v1/cart')).json.id)
      const { session_id } = await checkOut(client)
      if (payment === undefined) continue
      await pay(session_id, payment)
      await deliverCompleted({ id: session_id })
    }
    expect(await db`SELECT status FROM checkouts WHERE cart_id = ANY (${held}) ORDER BY 1`).toEqual([
      { status: 'open' },
      { status: 'processing' },
    ])
    await db`UPDATE carts SET updated_at = now() - interval '91 days' WHERE id = ANY (${held})`
    await tick()
    expect(await db`SELECT token_hash FROM one_time_tokens WHERE member_id = ${memberId}`).toEqual([
      { token_hash: live },
    ])
    expect(await db`SELECT count(*)::int AS carts FROM carts WHERE id = ANY (${held})`).toEqual([{ carts: 2 }])
  })

  test('events that somebody waits for, and alerts that nobody has resolved, stay however old they are', async () => {
    const [event] = await db`INSERT INTO events (type, version, subject_kind, subject_id, occurred_at, next_sweep_at)
      VALUES ('of-the-future', 1, 'order', 'test', now() - interval '1 year', now() + interval '1 day') RETURNING id`
    const [alert] = await db`INSERT INTO operator_alerts (code, subject_kind, subject_id, first_raised_at)
      VALUES ('internal-error', 'stripe-event', ${unique('evt')}, now() - interval '1 year') RETURNING id`
    await tick()
    expect(await isThere('events', returned([event!]))).toBe(true)
    expect(await isThere('operator_alerts', returned([alert!]))).toBe(true)
  })

  test('a table that cannot be swept keeps no other from it', async () => {
    const row = await ROWS['webhook_events']!()
    await age('webhook_events', row, 'received_at', 24 * 365)
    const reported = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await db`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`
    await db`CREATE TRIGGER refuse BEFORE DELETE ON account_deletions FOR EACH ROW EXECUTE FUNCTION refuse()`
    try {
      const stuck = await ROWS['account_deletions']!()
      await age('account_deletions', stuck, 'done_at', 24 * 500)
      await tick()
      expect(await isThere('webhook_events', row)).toBe(false)
      expect(reported).toHaveBeenCalledWith(expect.stringContaining('"table":"account_deletions"'))
    } finally {
      await db`DROP TRIGGER refuse ON account_deletions`
      await db`DROP FUNCTION refuse`
      await db`DELETE FROM account_deletions WHERE done_at < now() - interval '450 days'`
      reported.mockRestore()
    }
  })

  test('every table with somebody in it has a period, or a reason to be kept', async () => {
    const rows = await db`
      SELECT DISTINCT table_name AS name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
        AND column_name ~ '(^|_)(email|address|phone|username|line1|postal_code|ip|network_key|user_agent|visitor_id|member_id|token_hash)$'`
    const known = new Set([...RETENTION.map(({ table }) => table), ...Object.keys(KEPT)])
    expect(rows.map(({ name }) => name as string).filter((name) => !known.has(name))).toEqual([])
    expect(rows.length).toBeGreaterThan(10)
  })
})

describe('a guest who has not bought for three years', () => {
  async function boughtAsGuest(email: string) {
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client, { email })
    await pay(session_id, { email, name: 'Greta Guestova' })
    const { order_identifier: identifier } = (await deliverCompleted({ id: session_id })).json
    await db`UPDATE email_outbox e SET status = 'sent' FROM orders o WHERE o.id = e.order_id AND o.identifier = ${identifier}`
    return identifier
  }
  const yearsLater = (email: string) => db`
    WITH long_ago AS (UPDATE orders SET placed_at = now() - make_interval(days => ${GUEST_DAYS + 1}) WHERE email = ${email})
    UPDATE prospects SET last_seen_at = now() - make_interval(days => ${GUEST_DAYS + 1}) WHERE email = ${email}`

  test('is forgotten; the order stays with name and postal address, for the books', async () => {
    const email = `${unique('guest')}@example.com`
    const identifier = await boughtAsGuest(email)
    await yearsLater(email)
    await tick()
    expect(await traces(email)).toEqual([])
    const [order] = await db`SELECT o.email, o.prospect_id, o.customer_name, a.name, a.line1, a.phone
      FROM orders o JOIN order_shipping_addresses a ON a.order_id = o.id WHERE identifier = ${identifier}`
    expect(order).toEqual({
      email: '[erased]',
      prospect_id: null,
      customer_name: 'Greta Guestova',
      name: 'Greta Guestova',
      line1: expect.any(String),
      phone: null,
    })
  })

  test('is not forgotten who has bought since, or is a member now', async () => {
    const [again, member] = [`${unique('again')}@example.com`, `${unique('member')}@example.com`]
    await boughtAsGuest(again)
    await boughtAsGuest(member)
    await yearsLater(again)
    await yearsLater(member)
    await db`UPDATE prospects SET converted_member_id = ${(await createMember()).memberId} WHERE email = ${member}`
    await boughtAsGuest(again)
    await tick()
    const rows =
      await db`SELECT email, last_seen_at > now() - interval '1 day' AS seen FROM prospects WHERE email IN (${again}, ${member})`
    expect(rows).toHaveLength(2)
    for (const row of rows) expect(row).toMatchObject({ seen: true })
  })

  test('who buys at that very moment is not forgotten either', async () => {
    const email = `${unique('back')}@example.com`
    await boughtAsGuest(email)
    const [guest] = await db`SELECT id FROM prospects WHERE email = ${email}`
    const shop = createDb(readEnv(env).DATABASE_URL)
    const yesterday = new Date(Date.now() - 86_400_000)
    const forgetting = runBatch(shop, forgetGuestsStatements(shop, [guest!['id']], yesterday, new Date()))
    await expect(forgetting).rejects.toMatchObject({ constraint: 'guest_has_not_bought_since' })
    expect(await db`SELECT count(*)::int AS orders FROM orders WHERE email = ${email}`).toEqual([{ orders: 1 }])
  })
})
