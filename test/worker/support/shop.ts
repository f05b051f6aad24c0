import { AsyncLocalStorage } from 'node:async_hooks'
import { neon, neonConfig } from '@neondatabase/serverless'
import { inject } from 'vitest'
import { addProduct } from '../../../proof/world/goods.ts'
// It sets how the driver sends, which is wrapped below.
import '../../../src/db/client.ts'

neonConfig.fetchEndpoint = inject('neonEndpoint')

/** The test's own look into the database: a tagged template whose rows are objects. */
export const db = neon(inject('databaseUrl'))

export const controlUrl = new URL('/_proxy/', inject('neonEndpoint')).href

let counter = 0

/** A text that is unique across tests and runs, which share the database. */
export const unique = (prefix: string): string => `${prefix}-${Date.now().toString(36)}-${++counter}`

export type TestSku = { skuId: string; code: string; productId: string; slug: string; title: string; amount: number }

type SkuOptions = { onHand?: number | null; amount?: number; inventoryState?: string; title?: string; status?: string }

/** A product of its own with one SKU and a price that holds. */
export async function createSku({
  onHand = 100,
  amount = 1_000,
  inventoryState = 'in_stock',
  title = unique('Teapot'),
  status = 'active',
}: SkuOptions = {}): Promise<TestSku> {
  const [slug, code] = [unique('product'), unique('SKU')]
  const identifier = `T${Math.random().toString(36).slice(2).padEnd(9, '0').slice(0, 9)}`.toUpperCase()
  const goods = { identifier, title, slug, skuCode: code, onHand, amount, inventoryState, status }
  const ids = await addProduct((text, values) => db.query(text, values), goods)
  return { ...ids, code, slug, title, amount }
}

export type DiscountOptions = {
  kind?: 'percent' | 'fixed' | 'free_shipping' | 'reduced_shipping'
  percentOff?: number | null
  amountOff?: number | null
  minimumSubtotal?: number
  redemptionLimit?: number | null
  perCustomerLimit?: number | null
  combinable?: boolean
  validFrom?: string | null
  validUntil?: string | null
}

export async function createDiscountCode(options: DiscountOptions = {}): Promise<{ id: string; code: string }> {
  const { kind = 'percent', minimumSubtotal = 0, redemptionLimit = null, perCustomerLimit = null } = options
  const { percentOff = kind === 'percent' ? 10 : null, amountOff = null, combinable = false } = options
  const code = unique('CODE').toUpperCase()
  const [row] = await db`
    INSERT INTO discount_codes (code, kind, percent_off, amount_off, currency, minimum_subtotal_amount, redemption_limit,
      per_customer_limit, combinable, valid_from, valid_until)
    VALUES (${code}, ${kind}, ${percentOff}, ${amountOff}, ${amountOff === null ? null : 'usd'}, ${minimumSubtotal},
      ${redemptionLimit}, ${perCustomerLimit}, ${combinable}, ${options.validFrom ?? null}, ${options.validUntil ?? null})
    RETURNING id`
  return { id: row!.id, code }
}

export const stockOf = async (skuId: string): Promise<{ on_hand: number | null; reserved: number }> => {
  const [row] = await db`SELECT on_hand, reserved FROM skus WHERE id = ${skuId}`
  return { on_hand: row!.on_hand, reserved: row!.reserved }
}

/** Neon runs what comes in one round trip as one transaction. */
type Count = { roundTrips: number; statements: number }

export type SentStatement = { query: string; params: unknown[] }

const recording = new AsyncLocalStorage<SentStatement[]>()
const counting = new AsyncLocalStorage<Count>()
const sendSql: typeof fetch = neonConfig.fetchFunction
neonConfig.fetchFunction = (url: string, init: RequestInit) => {
  const [count, sent] = [counting.getStore(), recording.getStore()]
  if (count !== undefined || sent !== undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by Neon's driver
    const body = JSON.parse(init.body as string) as { queries: SentStatement[] } | SentStatement
    const statements = 'queries' in body ? body.queries : [body]
    sent?.push(...statements)
    if (count !== undefined) {
      count.roundTrips += 1
      count.statements += statements.length
    }
  }
  return sendSql(url, init)
}

/**
 * Requests to the database that `work` makes, what it defers and the test's own queries included, and nothing that goes on
 * beside it, as the sending of emails does.
 */
export async function countRoundTrips<T>(work: () => Promise<T>): Promise<{ result: T } & Count> {
  const count = { roundTrips: 0, statements: 0 }
  const result = await counting.run(count, work)
  return { result, ...count }
}

/** What `work` sends to the database, the test's own queries included. */
export async function recordStatements(work: () => Promise<unknown>): Promise<SentStatement[]> {
  const sent: SentStatement[] = []
  await recording.run(sent, work)
  return sent
}

/** Fails the next `times` requests whose SQL matches, before they run or after they committed. */
export const failDatabase = (match: string, when: 'before' | 'after_commit', times = 1) =>
  fetch(`${controlUrl}faults`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ match, when, times }),
  })

export const clearDatabaseFaults = () => fetch(`${controlUrl}faults`, { method: 'DELETE' })
