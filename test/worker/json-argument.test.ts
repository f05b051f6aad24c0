import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { createDb } from '../../src/db/client.ts'
import { jsonArgument } from '../../src/db/json-argument.ts'
import { db as ask } from './support/shop.ts'

const db = createDb(inject('databaseUrl'))

async function readBack(value: object | null): Promise<unknown> {
  const { rows } = await db.execute<{ value: unknown }>(sql`SELECT ${jsonArgument(value)} AS value`)
  return rows[0]?.value
}

test('keys arrive in the names of columns at every depth, moments as text that PostgreSQL reads', async () => {
  const at = new Date('2026-03-01T10:00:00.123Z')
  const given = { unitAmount: 5, line1: 'x', nothing: null, items: [{ lineTotalAmount: 1, placedAt: at }] }
  expect(await readBack(given)).toEqual({
    unit_amount: 5,
    line1: 'x',
    nothing: null,
    items: [{ line_total_amount: 1, placed_at: '2026-03-01T10:00:00.123Z' }],
  })
})

test('null is NULL and not the JSON null', async () => {
  const { rows } = await db.execute(sql`SELECT ${jsonArgument(null)} IS NULL AS is_null`)
  expect(rows).toEqual([{ is_null: true }])
})

test('every text survives, with half a surrogate pair replaced and NUL left out', async () => {
  const seed = Date.now() % 2 ** 31
  const texts = fc
    .sample(fc.string({ unit: 'binary' }), { seed, numRuns: 200 })
    .map((text) => text.replaceAll('\0', ''))
  texts.push('half \ud83d of a pair')
  const expected =
    await ask`SELECT ${JSON.stringify(texts.map((text) => text.toWellFormed().replaceAll('\0', '')))}::jsonb AS texts`
  expect(await readBack({ texts }), `seed ${seed}`).toEqual({ texts: expected[0]?.texts })
})
