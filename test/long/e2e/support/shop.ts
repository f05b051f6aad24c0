import type { QueryResultRow } from 'pg'
import { afterAll } from 'vitest'
import { FREE_PORTS, startStack } from '../../../../dev/stack.ts'
import type { RunningStack } from '../../../../dev/stack.ts'
import { waitUntil } from '../../../../dev/wait-until.ts'
import { openBooks } from '../../../../proof/world/books.ts'
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
  const books = await openBooks(stack.urls)
  afterAll(async () => {
    await books.pool.end()
    await stack.stop()
    contract.assertKept()
  })
  const { rows } = books
  return {
    ...createControls(stack.urls),
    urls: stack.urls,
    workerLog,
    rows,
    createSku: async (options) => (await books.createGoods(options)).skuId,
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
    assertInvariants: () => books.assertInvariants(),
  }
}
