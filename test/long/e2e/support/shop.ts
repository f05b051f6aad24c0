import { Pool } from 'pg'
import type { QueryResultRow } from 'pg'
import { afterAll } from 'vitest'
import { FREE_PORTS, startStack } from '../../../../dev/stack.ts'
import type { RunningStack } from '../../../../dev/stack.ts'
import { waitUntil } from '../../../../dev/wait-until.ts'
import { assertEmailVariables, watchEmails } from '../../../../proof/world/email-variables.ts'
import { addProduct } from '../../../../proof/world/goods.ts'
import { assertInvariants } from '../../../../proof/world/invariants.ts'
import { ContractWatch } from '../../../support/stripe-contract.ts'
import { createControls } from '../../../../proof/world/controls.ts'
import type { Controls } from '../../../../proof/world/controls.ts'

export interface Shop extends Controls {
  urls: RunningStack['urls']
  /** Every line that the Worker has written so far. */
  workerLog: string[]
  rows<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** A product of its own with one SKU; answers the SKU's id. */
  createSku(options?: { onHand?: number; amount?: number }): Promise<string>
  stockOf(skuId: string): Promise<{ on_hand: number | null; reserved: number } | undefined>
  /** Waits for the order of a checkout and answers its identifier. */
  orderOf(checkoutId: string): Promise<string>
  assertInvariants(): Promise<void>
}

/**
 * A whole local stack for one test file, stopped after its last test. Minutes pass only when a test fires cron, so
 * that no sweep comes to the help of what is being tested.
 */
export async function openShop(vars: Record<string, string> = {}): Promise<Shop> {
  const workerLog: string[] = []
  const contract = new ContractWatch({ refused: 'valid' })
  const stack = await startStack({
    ports: FREE_PORTS,
    varsFrom: 'example',
    vars,
    cron: 'never',
    watchStripe: contract,
    log: (part, line) => part === 'worker' && workerLog.push(line),
  })
  const pool = new Pool({ connectionString: stack.urls.database, max: 4 })
  afterAll(async () => {
    await pool.end()
    await stack.stop()
    contract.assertKept()
  })
  const rows = async <Row extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(sql, values)).rows
  await watchEmails(rows)
  const tracked = await rows<{ id: string; on_hand: number }>('SELECT id, on_hand FROM skus WHERE on_hand IS NOT NULL')
  const stockAtStart = new Map(tracked.map(({ id, on_hand }) => [id, on_hand]))
  return {
    ...createControls(stack.urls),
    urls: stack.urls,
    workerLog,
    rows,
    async createSku({ onHand = 100, amount = 1_000 } = {}) {
      const identifier = `T${String(stockAtStart.size).padStart(9, '0')}`
      const goods = { identifier, title: `Teapot ${identifier}`, skuCode: `SKU-${identifier}`, onHand, amount }
      const { skuId } = await addProduct(rows, goods)
      stockAtStart.set(skuId, onHand)
      return skuId
    },
    async stockOf(skuId) {
      return (
        await rows<{ on_hand: number | null; reserved: number }>('SELECT on_hand, reserved FROM skus WHERE id = $1', [
          skuId,
        ])
      )[0]
    },
    orderOf: (checkoutId) =>
      waitUntil(
        `the order of checkout ${checkoutId}`,
        async () =>
          (await rows<{ identifier: string }>('SELECT identifier FROM orders WHERE checkout_id = $1', [checkoutId]))[0]
            ?.identifier,
      ),
    async assertInvariants() {
      await assertEmailVariables(rows)
      await assertInvariants({
        databaseUrl: stack.urls.database,
        stripeUrl: stack.urls.stripe,
        mailUrl: stack.urls.mail,
        stockAtStart,
      })
    },
  }
}
