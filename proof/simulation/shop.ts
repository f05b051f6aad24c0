import type { Client } from 'pg'
import { addProduct } from '../world/goods.ts'

/** What is on sale: little of it, so that customers compete. `onHand: null`: stock that is not tracked. */
export const SKUS = [
  { code: 'last-one', onHand: 1, amount: 2_500 },
  { code: 'few', onHand: 4, amount: 1_200 },
  { code: 'many', onHand: 40, amount: 900 },
  { code: 'untracked', onHand: null, amount: 700 },
] as const

export const CODES = ['ONLY2', 'ONCEEACH', 'SHIPFREE', 'SHIPLESS', 'NOSUCHCODE'] as const

export const MEMBERS = [0, 1].map((at) => ({
  memberId: idOf(1, at),
  sessionId: idOf(2, at),
  email: `member${at}@customer.test`,
}))

export const skuId = (at: number): string => idOf(3, at)

export const stockAtStart: ReadonlyMap<string, number> = new Map(
  SKUS.flatMap(({ onHand }, at) => (onHand === null ? [] : [[skuId(at), onHand]])),
)

function idOf(kind: number, at: number): string {
  return `01990000-0000-7${String(kind).padStart(3, '0')}-8000-${String(at).padStart(12, '0')}`
}

/** Tables that a shop keeps when it is emptied for the next run. */
const KEPT = ['shop_settings', 'shipping_methods', 'email_templates', 'terms_versions', 'order_status_types']

/**
 * To be run before the migrations. `now()` and `uuidv7()` are found in the schema `simulation` first, so that the
 * database has the simulated time, and ids come in the same order in every run.
 */
export async function prepareDatabase(client: Client, database: string): Promise<void> {
  await client.query(`
    CREATE SCHEMA simulation;
    CREATE SEQUENCE simulation.ids;
    CREATE FUNCTION simulation.now() RETURNS timestamptz STABLE LANGUAGE sql
      AS $$ SELECT coalesce(nullif(current_setting('simulation.now', true), '')::timestamptz, pg_catalog.now()) $$;
    CREATE FUNCTION simulation.uuidv7() RETURNS uuid VOLATILE LANGUAGE sql
      AS $$ SELECT ('01990000-0000-7fff-8000-' || lpad(to_hex(nextval('simulation.ids')), 12, '0'))::uuid $$;
    ALTER DATABASE ${database} SET search_path = public, simulation, pg_catalog`)
}

/** Empties the shop, and adds goods, codes and members. */
export async function openShop(client: Client, now: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY($1)`,
    [KEPT],
  )
  await client.query(`
    TRUNCATE ${rows.map(({ name }) => `public."${name}"`).join(', ')};
    ALTER SEQUENCE simulation.ids RESTART;
    SET simulation.now = '${now}'`)
  const query = async (sql: string, values: unknown[]) => (await client.query(sql, values)).rows
  for (const [at, { code, onHand, amount }] of SKUS.entries()) {
    const identifier = `SIM${String(at).padStart(7, '0')}`
    const ids = { productId: idOf(4, at), skuId: skuId(at) }
    await addProduct(query, { ...ids, identifier, slug: code, title: code, skuCode: code, onHand, amount })
  }
  await client.query(`
    INSERT INTO discount_codes (code, kind, percent_off, redemption_limit, per_customer_limit, combinable) VALUES
      ('ONLY2', 'percent', 10, 2, NULL, true), ('ONCEEACH', 'percent', 15, NULL, 1, true);
    INSERT INTO discount_codes (code, kind, amount_off, currency, combinable) VALUES
      ('SHIPFREE', 'free_shipping', NULL, NULL, true), ('SHIPLESS', 'reduced_shipping', 400, 'usd', true)`)
  for (const [at, { memberId, sessionId, email }] of MEMBERS.entries()) {
    await client.query(
      `WITH member AS (INSERT INTO members (id, username, email, mb_cd) VALUES ($1, $2, $3, $4))
       INSERT INTO sessions (id, member_id, refresh_hash, expires_at) VALUES ($5, $1, $2, simulation.now() + interval '90 days')`,
      [memberId, `member${at}`, email, `MB${at}`, sessionId],
    )
  }
}
