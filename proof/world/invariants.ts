import { Client } from 'pg'
import { z } from 'zod'

/** What Stripe and the mailbox hold, beside the shop's own database. */
export interface Evidence {
  sessions: {
    id: string
    payment_status: string
    amount_total: number | null
    payment_link: string | null
    metadata: Record<string, string> | null
  }[]
  disputes: { id: string; paymentIntent: string; status: string }[]
  /** What was given back of each payment, by the id of its payment intent. */
  refunded: ReadonlyMap<string, number>
  mail: { messageId: string; subject: string }[]
  /** Units that tracked SKUs had before anything was sold, by id; only these are held against what was ordered. */
  stockAtStart: ReadonlyMap<string, number>
}

/** Where a shop keeps what it knows, what Stripe knows of it, and what its customers were sent. */
export interface World {
  databaseUrl: string
  /** The emulator's address. */
  stripeUrl: string
  /** The mailbox's address. */
  mailUrl: string
  stockAtStart?: ReadonlyMap<string, number>
}

type Rules = Record<string, string>

/** True after every commit. Each statement answers one row, saying `what`, for everything that breaks its rule. */
const ALWAYS: Rules = {
  'I2 an order has all of its parts': `
    SELECT o.identifier AS what FROM orders o
    WHERE (SELECT count(*) FROM order_payments x WHERE x.order_id = o.id) <> 1
      OR (SELECT count(*) FROM order_shipping_addresses x WHERE x.order_id = o.id) <> 1
      OR (SELECT count(*) FROM order_billing_addresses x WHERE x.order_id = o.id) <> 1
      OR (SELECT count(*) FROM order_shipping_methods x WHERE x.order_id = o.id) <> 1
      OR (SELECT count(*) FROM email_outbox x WHERE x.order_id = o.id AND x.em_cd LIKE 'order_confirmation_%') <> 1
      OR (SELECT count(*) FROM order_items x WHERE x.order_id = o.id) = 0
      OR (SELECT count(*) FROM order_statuses x WHERE x.order_id = o.id) = 0
      OR (SELECT count(*) FROM order_discounts x WHERE x.order_id = o.id)
        <> (SELECT count(*) FROM checkout_discounts x WHERE x.checkout_id = o.checkout_id)
      OR num_nonnulls(o.member_id, o.prospect_id) <> CASE o.email WHEN '[erased]' THEN 0 ELSE 1 END`,
  'I3 an order is what its checkout showed': `
    SELECT o.identifier AS what FROM orders o JOIN checkouts c ON c.id = o.checkout_id
    JOIN order_payments p ON p.order_id = o.id
    WHERE c.status <> 'complete' OR o.total_amount <> c.total_amount + CASE WHEN o.tax_included THEN 0 ELSE o.tax_amount END OR o.total_amount <> p.amount
      OR o.currency <> p.currency OR c.stripe_session_id IS DISTINCT FROM p.stripe_session_id
      OR o.item_subtotal_amount - o.item_discount_amount
        <> (SELECT sum(line_total_amount) FROM order_items x WHERE x.order_id = o.id)
      OR (SELECT json_agg(json_build_array(sku_id, sku_code, title, color, size, image_url, quantity, unit_amount,
          discount_amount) ORDER BY sku_id)::text
          FROM order_items x WHERE x.order_id = o.id)
        IS DISTINCT FROM
         (SELECT json_agg(json_build_array(sku_id, sku_code, title, color, size, image_url, quantity, unit_amount,
          discount_amount) ORDER BY sku_id)::text
          FROM checkout_items x WHERE x.checkout_id = o.checkout_id)
      OR (SELECT json_agg(json_build_array(discount_code_id, code, kind, amount) ORDER BY code)::text
          FROM order_discounts x WHERE x.order_id = o.id)
        IS DISTINCT FROM
         (SELECT json_agg(json_build_array(discount_code_id, code, kind, amount) ORDER BY code)::text
          FROM checkout_discounts x WHERE x.checkout_id = o.checkout_id)
      OR NOT EXISTS (SELECT FROM order_shipping_methods x WHERE x.order_id = o.id
          AND x.shipping_method_id IS NOT DISTINCT FROM c.shipping_method_id AND x.amount = c.shipping_amount)
      OR o.item_discount_amount + o.shipping_discount_amount
        <> (SELECT coalesce(sum(x.amount), 0) FROM order_discounts x WHERE x.order_id = o.id)`,
  'I4 0 <= reserved <= on_hand, and reserved is what unfinished checkouts hold': `
    SELECT format('%s: on hand %s, reserved %s, held %s', s.code, s.on_hand, s.reserved, held.units) AS what
    FROM skus s, LATERAL (
      SELECT coalesce(sum(i.quantity), 0) AS units FROM checkout_items i JOIN checkouts c ON c.id = i.checkout_id
      WHERE i.sku_id = s.id AND c.status IN ('open', 'processing')) held
    WHERE s.reserved < 0 OR s.on_hand < 0 OR s.reserved > s.on_hand OR s.reserved <> held.units`,
  'I4 discount codes count their redemptions': `
    SELECT format('%s: %s reserved, %s redeemed', d.code, d.reserved_count, d.redeemed_count) AS what
    FROM discount_codes d
    WHERE d.reserved_count <> (SELECT count(*) FROM checkout_discounts x JOIN checkouts c ON c.id = x.checkout_id
        WHERE x.discount_code_id = d.id AND c.status IN ('open', 'processing'))
      OR d.reserved_count + d.redeemed_count > d.redemption_limit`,
  'payment state: the state of a payment follows from its refunds and disputes': `
    SELECT format('%s is %s', o.identifier, o.payment_state) AS what FROM orders o JOIN order_payments p ON p.order_id = o.id,
      LATERAL (SELECT coalesce(sum(r.amount), 0) AS back FROM order_refunds r
        WHERE r.order_id = o.id AND r.status NOT IN ('failed', 'canceled')) refunded
    WHERE o.payment_state <> CASE
      WHEN EXISTS (SELECT 1 FROM order_disputes d
        WHERE d.order_id = o.id AND d.status NOT IN ('won', 'warning_closed', 'prevented')) THEN 'disputed'
      WHEN back = 0 THEN 'paid' WHEN back < p.amount THEN 'partially-refunded' ELSE 'refunded' END`,
  'I7 no more is given back than was paid': `
    SELECT p.stripe_payment_intent_id AS what FROM order_payments p
    WHERE (SELECT coalesce(sum(r.amount), 0) FROM order_refunds r
        WHERE r.order_id = p.order_id AND r.status NOT IN ('failed', 'canceled')) > p.amount`,
}

/** True when nothing is under way any more. */
const IN_THE_END: Rules = {
  'I5 an email is sent once, still being tried, or stands among the failures': `
    SELECT format('%s to order %s is %s', e.id, e.order_id, e.status) AS what FROM email_outbox e
    WHERE (SELECT count(*) FROM emails_sent s WHERE s.outbox_id = e.id) > 1
      OR (e.status = 'failed' AND EXISTS (SELECT 1 FROM emails_sent s WHERE s.outbox_id = e.id))
      OR (e.order_id IS NOT NULL AND e.status = 'failed'
        AND NOT EXISTS (SELECT 1 FROM order_email_failures f WHERE f.order_id = e.order_id))
      OR (e.status = 'sent' AND NOT EXISTS (SELECT 1 FROM emails_sent s WHERE s.outbox_id = e.id)
        AND NOT EXISTS (SELECT 1 FROM order_email_failures f
          WHERE f.order_id = e.order_id AND f.type = 'emailsent_logging'))`,
  'I6 an event belongs to the order of its session, and none is left failed': `
    SELECT format('%s %s: %s %s', w.id, w.type, w.outcome, w.error_code) AS what FROM webhook_events w
    LEFT JOIN order_payments p ON p.order_id = w.order_id
    WHERE (w.outcome = 'failed' AND NOT EXISTS (
        SELECT 1 FROM unmatched_payments u WHERE u.stripe_session_id = w.object_id)) OR (w.order_id IS NOT NULL AND w.object_id LIKE 'cs_%' AND w.object_id IS DISTINCT FROM p.stripe_session_id)`,
}

const page = <T extends z.ZodType>(item: T) => z.object({ has_more: z.boolean(), data: z.array(item) })

const sessionSchema = z.object({
  id: z.string(),
  payment_status: z.string(),
  amount_total: z.int().nullable(),
  payment_link: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
})
const disputeSchema = z.object({ id: z.string(), payment_intent: z.string().nullable(), status: z.string() })
const refundSchema = z.object({
  id: z.string(),
  payment_intent: z.string().nullable(),
  amount: z.int(),
  status: z.string().nullable(),
})

const messages = z.array(z.object({ subject: z.string(), headers: z.record(z.string(), z.string()) }))

/** Fails, naming everything that is wrong, unless I1 to I7 hold. To be called when nothing is under way any more. */
export async function assertInvariants(world: World): Promise<void> {
  const db = new Client({ connectionString: world.databaseUrl })
  await db.connect()
  try {
    const broken = await findBroken(db, {
      sessions: await listAll(world.stripeUrl, 'checkout/sessions', sessionSchema),
      disputes: (await listAll(world.stripeUrl, 'disputes', disputeSchema)).map((dispute) => ({
        ...dispute,
        paymentIntent: dispute.payment_intent ?? '',
      })),
      refunded: sumRefunds(await listAll(world.stripeUrl, 'refunds', refundSchema)),
      mail: await listMail(world.mailUrl),
      stockAtStart: world.stockAtStart ?? new Map(),
    })
    if (broken.length > 0) throw new Error(`invariants do not hold:\n${broken.map((each) => `  ${each}`).join('\n')}`)
  } finally {
    await db.end()
  }
}

/** What breaks an invariant when nothing is under way any more, one line each. */
export async function findBroken(db: Client, evidence: Evidence): Promise<string[]> {
  return [
    ...(await breaking(db, { ...ALWAYS, ...IN_THE_END })),
    ...(await comparePayments(db, evidence.sessions)),
    ...(await compareRefunds(db, evidence.refunded)),
    ...(await compareDisputes(db, evidence.disputes)),
    ...(await compareUnmatched(db, evidence.sessions)),
    ...(await compareStock(db, evidence.stockAtStart)),
    ...findRepeatedMail(evidence.mail),
  ]
}

/** What breaks an invariant that holds after every commit, one line each. */
export const findBrokenNow = (db: Client): Promise<string[]> => breaking(db, ALWAYS)

async function breaking(db: Client, rules: Rules): Promise<string[]> {
  const broken: string[] = []
  for (const [rule, sql] of Object.entries(rules)) {
    const { rows } = await db.query<{ what: string }>(sql)
    broken.push(...rows.map(({ what }) => `${rule}: ${what}`))
  }
  return broken
}

/** I1 and I3 against Stripe's side: which sessions were paid, and how much. */
async function comparePayments(db: Client, sessions: Evidence['sessions']): Promise<string[]> {
  const { rows } = await db.query<{ session: string; orders: number; total: number }>(`
    SELECT p.stripe_session_id AS session, count(*)::int AS orders, max(o.total_amount) AS total
    FROM orders o JOIN order_payments p ON p.order_id = o.id GROUP BY 1`)
  const placed = new Map(rows.map((row) => [row.session, row]))
  const broken: string[] = []
  for (const session of sessions) {
    const { id, payment_status, amount_total } = session
    const paid = payment_status !== 'unpaid' && isShops(session)
    const order = placed.get(id)
    placed.delete(id)
    if ((order?.orders ?? 0) !== (paid ? 1 : 0)) {
      broken.push(`I1: session ${id} is ${payment_status} and has ${order?.orders ?? 0} orders`)
    }
    if (order !== undefined && order.total !== amount_total) {
      broken.push(`I3: session ${id} charged ${amount_total}, its order says ${order.total}`)
    }
  }
  return [...broken, ...[...placed.keys()].map((id) => `I1: there is an order for session ${id}, unknown to Stripe`)]
}

/** Whether the shop made a session: only it knows the fingerprint of a checkout. */
const isShops = ({ payment_link: link, metadata }: Evidence['sessions'][number]): boolean =>
  link === null && metadata?.['fingerprint'] !== undefined

/** What was paid at Stripe and makes no order is recorded, once each, and nothing else is. */
async function compareUnmatched(db: Client, sessions: Evidence['sessions']): Promise<string[]> {
  const { rows } = await db.query<{ session: string; amount: number }>(
    'SELECT stripe_session_id AS session, amount::float8 AS amount FROM unmatched_payments',
  )
  const recorded = new Map(rows.map(({ session, amount }) => [session, amount]))
  const broken = sessions.flatMap((session) => {
    const isWanted = !isShops(session) && session.payment_status === 'paid'
    const wanted = isWanted ? session.amount_total : undefined
    const found = recorded.get(session.id)
    recorded.delete(session.id)
    return wanted === found
      ? []
      : [`unmatched payments: session ${session.id} is ${session.payment_status}, recorded at ${found}`]
  })
  return [
    ...broken,
    ...[...recorded.keys()].map((id) => `unmatched payments: an unmatched payment ${id} is unknown to Stripe`),
  ]
}

/** Against Stripe's side: disputes of payments that have an order stand on it, and the operators were told. */
async function compareDisputes(db: Client, disputes: Evidence['disputes']): Promise<string[]> {
  const { rows } = await db.query<{ id: string; intent: string; status: string | null; told: boolean }>(`
    SELECT p.stripe_payment_intent_id AS intent, d.stripe_dispute_id AS id, d.status, d.told_at IS NOT NULL AS told
    FROM order_payments p LEFT JOIN order_disputes d ON d.order_id = p.order_id
    WHERE p.stripe_payment_intent_id IS NOT NULL`)
  const intents = new Set(rows.map(({ intent }) => intent))
  const recorded = new Map(rows.map((row) => [row.id, row]))
  return disputes
    .filter(({ paymentIntent }) => intents.has(paymentIntent))
    .filter(({ id, status }) => recorded.get(id)?.status !== status || recorded.get(id)?.told !== true)
    .map(({ id, status }) => `payment state: dispute ${id} is ${status}, the order says ${recorded.get(id)?.status}`)
}

/** I7 against Stripe's side, for the payments that have an order. */
async function compareRefunds(db: Client, refunded: Evidence['refunded']): Promise<string[]> {
  const { rows } = await db.query<{ intent: string; amount: number }>(`
    SELECT p.stripe_payment_intent_id AS intent, coalesce(sum(r.amount), 0)::int AS amount
    FROM order_payments p
    LEFT JOIN order_refunds r ON r.order_id = p.order_id AND r.status NOT IN ('failed', 'canceled')
    WHERE p.stripe_payment_intent_id IS NOT NULL GROUP BY 1`)
  return rows
    .filter(({ intent, amount }) => amount !== (refunded.get(intent) ?? 0))
    .map(
      ({ intent, amount }) =>
        `I7: of ${intent} Stripe gave back ${refunded.get(intent) ?? 0}, the order says ${amount}`,
    )
}

async function compareStock(db: Client, atStart: ReadonlyMap<string, number>): Promise<string[]> {
  const { rows } = await db.query<{ id: string; on_hand: number | null; sold: number }>(
    `SELECT s.id, s.on_hand, coalesce((SELECT sum(i.quantity) FROM order_items i WHERE i.sku_id = s.id), 0)::int AS sold
     FROM skus s WHERE s.id = ANY($1)`,
    [[...atStart.keys()]],
  )
  return rows
    .filter(({ id, on_hand, sold }) => on_hand !== (atStart.get(id) ?? 0) - sold)
    .map(({ id, on_hand, sold }) => `I4: SKU ${id} had ${atStart.get(id)}, sold ${sold} and has ${on_hand}`)
}

/** I5: the Message-ID is made from the outbox row, so that a second copy of an email shows. */
function findRepeatedMail(mail: Evidence['mail']): string[] {
  const byId = Map.groupBy(mail, ({ messageId }) => messageId)
  return [...byId.values()]
    .filter((copies) => copies.length > 1)
    .map((copies) => `I5: "${copies[0]?.subject}" arrived ${copies.length} times`)
}

async function listAll<T extends { id: string }>(stripeUrl: string, what: string, schema: z.ZodType<T>): Promise<T[]> {
  const all: T[] = []
  for (let after = ''; ; after = `&starting_after=${all.at(-1)?.id ?? ''}`) {
    const answer = await fetch(`${stripeUrl}/v1/${what}?limit=100${after}`, {
      headers: { authorization: 'Bearer sk_test_emulator' },
    })
    const { data, has_more } = page(schema).parse(await answer.json())
    all.push(...data)
    if (!has_more) return all
  }
}

function sumRefunds(refunds: z.infer<typeof refundSchema>[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { payment_intent, amount, status } of refunds) {
    if (payment_intent === null || status === 'failed' || status === 'canceled') continue
    sums.set(payment_intent, (sums.get(payment_intent) ?? 0) + amount)
  }
  return sums
}

async function listMail(mailUrl: string): Promise<Evidence['mail']> {
  const all = messages.parse(await (await fetch(`${mailUrl}/api/messages`)).json())
  return all.map(({ subject, headers }) => ({ subject, messageId: headers['message-id'] ?? 'none' }))
}
