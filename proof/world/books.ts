import { Pool, type QueryResultRow } from 'pg'
import type { RunningStack } from '../../dev/stack.ts'
import { assertEmailVariables, watchEmails } from './email-variables.ts'
import { addProduct } from './goods.ts'
import { assertInvariants } from './invariants.ts'

/**
 * Reads a running shop's database from beside it, puts goods of its own into it, and holds the shop to its invariants at
 * the end. To be opened before anything is sold.
 */
export async function openBooks(urls: Pick<RunningStack['urls'], 'database' | 'mail' | 'stripe'>) {
  const pool = new Pool({ connectionString: urls.database, max: 4 })
  const rows = async <Row extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(sql, values)).rows
  await watchEmails(rows)
  const tracked = await rows<{ id: string; on_hand: number }>('SELECT id, on_hand FROM skus WHERE on_hand IS NOT NULL')
  const stockAtStart = new Map(tracked.map(({ id, on_hand }) => [id, on_hand]))
  let made = 0
  return {
    pool,
    rows,
    /** A product with one SKU, which nobody else buys. */
    async createGoods({ onHand = 100, amount = 1_000 } = {}): Promise<{ productId: string; skuId: string }> {
      const identifier = `T${String(++made).padStart(9, '0')}`
      const goods = { identifier, title: `Teapot ${identifier}`, skuCode: `SKU-${identifier}`, onHand, amount }
      const added = await addProduct(rows, goods)
      stockAtStart.set(added.skuId, onHand)
      return added
    },
    /** Fails unless I1 to I7 hold and every email has its variables; to be called when nothing is under way any more. */
    async assertInvariants(): Promise<void> {
      await assertEmailVariables(rows)
      await assertInvariants({
        databaseUrl: urls.database,
        stripeUrl: urls.stripe,
        mailUrl: urls.mail,
        stockAtStart,
      })
    },
  }
}
