import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { applyMigrations } from '../../dev/migrate.ts'
import { seed } from '../../drizzle/seed/seed.ts'
import { startPostgres } from '../../dev/postgres/server.ts'

// What each function of the database gains by the plans that its connection keeps. The same call runs on two connections
// in turns: one keeps its plans, the other forgets them before every call, as PostgreSQL does with statements that are sent
// over HTTP. Triggers, foreign keys among them, are off on both, so that only the function's own statements count.

const ROUNDS = Number(process.env.ROUNDS ?? 300)
const WARM_UP = 20
const LINES = 5

type Case = { name: string; text: string; values?: unknown[] }

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Milliseconds of one call, which leaves nothing behind. */
async function time(client: Client, { text, values = [] }: Case, keepsPlans: boolean): Promise<number> {
  if (!keepsPlans) await client.query('DISCARD PLANS')
  await client.query('BEGIN')
  const start = performance.now()
  await client.query(text, values)
  const took = performance.now() - start
  await client.query('ROLLBACK')
  return took
}

/** A visitor's cart with five lines and a code, its open checkout, and the calls that are measured on them. */
async function prepare(client: Client): Promise<Case[]> {
  const [cart, visitor, checkout] = [randomUUID(), randomUUID(), randomUUID()]
  const addItem = `SELECT add_cart_item(NULL, $1::uuid, $2::uuid, $3::uuid, 1, 50, 'usd', now(), 'bench', $4, 'fingerprint')`
  const { rows: skus } = await client.query<{ id: string }>(`
    SELECT s.id FROM skus s WHERE inventory_state = 'in_stock' AND on_hand > 10 AND EXISTS (
      SELECT FROM product_skus ps JOIN products p ON p.id = ps.product_id WHERE ps.sku_id = s.id AND p.status = 'active')
    ORDER BY code LIMIT ${LINES}`)
  for (const sku of skus) await client.query(addItem, [visitor, cart, sku.id, randomUUID()])
  const snapshot = `SELECT start_checkout(
    jsonb_build_object('id', $1::uuid, 'cart_id', c.id, 'cart_version', c.version, 'visitor_id', c.visitor_id,
      'locale', 'en', 'fingerprint', 'f', 'currency', 'usd', 'item_subtotal_amount', ${LINES * 100},
      'item_discount_amount', 10, 'shipping_amount', 0, 'shipping_discount_amount', 0,
      'total_amount', ${LINES * 100 - 10}, 'tax_included', false, 'shipping_method_name', 'Post', 'shipping_carrier', 'Post',
      'terms_of_sale_version', '1', 'agreed_with_terms_at', now(), 'created_at', now(), 'expires_at', now(),
      'next_sweep_at', now()),
    (SELECT jsonb_agg(jsonb_build_object('sku_id', i.sku_id, 'title', 't', 'description', '', 'sku_code', 'c',
      'position', 0, 'quantity', 1, 'unit_amount', 100, 'discount_amount', 2, 'line_total_amount', 98))
      FROM cart_items i WHERE i.cart_id = c.id),
    (SELECT jsonb_build_array(jsonb_build_object('discount_code_id', d.id, 'code', d.code, 'kind', d.kind,
      'description', '', 'amount', 10)) FROM (SELECT * FROM discount_codes ORDER BY code LIMIT 1) d),
    $2::uuid, NULL) FROM carts c WHERE c.id = $3::uuid`
  await client.query(snapshot, [checkout, null, cart])
  const event = JSON.stringify({ id: 'evt', type: 't', object_id: 'o', created_at: new Date(), payload_hash: 'h' })
  const address = { name: 'Jane', line1: '1 Main St', city: 'Springfield', postal_code: '1', country: 'US' }
  const paid = JSON.stringify({
    checkout_id: checkout,
    session_id: 'cs',
    fingerprint: 'f',
    payment_intent_id: 'pi',
    email: 'jane@example.com',
    name: 'Jane',
    total_amount: LINES * 100 - 10,
    tax_amount: 0,
    currency: 'usd',
    shipping_address: address,
    billing_address: address,
  })
  const ids = JSON.stringify({
    order_id: randomUUID(),
    identifier: 'ORD',
    prospect_id: randomUUID(),
    prospect_code: 'PR',
    outbox_id: randomUUID(),
  })
  const place = `SELECT place_order($1::jsonb, $2::jsonb, $3::jsonb, 'accepted', 'request', now(), now())`
  return [
    { name: 'cart_of', text: `SELECT cart_of($1::uuid, 'usd', now())`, values: [cart] },
    { name: 'add_cart_item', text: addItem, values: [visitor, cart, skus[0]?.id, 'key'] },
    { name: 'checkout_parts', text: 'SELECT * FROM checkout_parts($1::uuid)', values: [checkout] },
    { name: 'start_checkout', text: snapshot, values: [randomUUID(), checkout, cart] },
    {
      name: 'release_checkout',
      text: `SELECT release_checkout($1::uuid, 'expired', now(), NULL, NULL)`,
      values: [checkout],
    },
    { name: 'claim_event', text: 'SELECT claim_event($1::jsonb, now())', values: [event] },
    { name: 'place_order', text: place, values: [paid, ids, event] },
    {
      name: 'redemptions_by',
      text: `SELECT redemptions_by(customer_key('jane@example.com'), NULL, (SELECT id FROM discount_codes ORDER BY code LIMIT 1), NULL)`,
    },
  ]
}

const postgres = await startPostgres({ port: 0, ephemeral: true })
try {
  await applyMigrations(postgres.connectionString)
  await seed(postgres.connectionString)
  const [keeping, forgetting] = [
    new Client({ connectionString: postgres.connectionString }),
    new Client({ connectionString: postgres.connectionString }),
  ]
  await Promise.all([keeping.connect(), forgetting.connect()])
  try {
    const cases = await prepare(keeping)
    await keeping.query('ANALYZE')
    for (const client of [keeping, forgetting]) await client.query(`SET session_replication_role = replica`)
    console.log('function           plans kept  planned anew   (median of a call, ms)')
    for (const each of cases) {
      const [kept, anew]: [number[], number[]] = [[], []]
      for (let round = -WARM_UP; round < ROUNDS; round++) {
        const times = [await time(keeping, each, true), await time(forgetting, each, false)] as const
        if (round < 0) continue
        kept.push(times[0])
        anew.push(times[1])
      }
      console.log(
        `${each.name.padEnd(18)} ${median(kept).toFixed(2).padStart(10)} ${median(anew).toFixed(2).padStart(13)}`,
      )
    }
  } finally {
    await Promise.all([keeping.end(), forgetting.end()])
  }
} finally {
  await postgres.stop()
}
