import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { applyMigrations } from '../../../dev/migrate.ts'

const DATABASE = 'migrations_that_move_data'
const MIGRATIONS = path.resolve(import.meta.dirname, '../../../drizzle')
const folder = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
const url = new URL(inject('pgUrl'))
url.pathname = DATABASE

async function on(address: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: address })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Makes `folder` hold the migrations before the one with this name. */
function keepBefore(name: string): void {
  cpSync(MIGRATIONS, folder, { recursive: true })
  const file = path.join(folder, 'meta', '_journal.json')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Drizzle's own file
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { tag: string }[] }
  const end = journal.entries.findIndex(({ tag }) => tag.endsWith(`_${name}`))
  expect(end).toBeGreaterThan(0)
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }))
}

beforeAll(async () => {
  await on(inject('pgUrl'), `create database ${DATABASE}`)
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await on(inject('pgUrl'), `drop database ${DATABASE} with (force)`)
})

test('what operators were told before there were alerts is an open alert that tells nobody again', async () => {
  keepBefore('alerts_and_events')
  await applyMigrations(url.href, { folder })
  await on(
    url.href,
    `INSERT INTO webhook_events (id, type, object_id, outcome, error_code, payload_hash, created_at, received_at) VALUES
      ('evt_new', 'refund.created', 're_1', 'failed', 'internal-error', '', now(), now() - interval '2 days'),
      ('evt_old', 'refund.created', 're_2', 'failed', 'internal-error', '', now(), now() - interval '4 days'),
      ('evt_done', 'refund.created', 're_3', 'processed', NULL, '', now(), now()),
      ('evt_unmatched', 'checkout.session.completed', 'cs_1', 'failed', 'payment-unmatched', '', now(), now()),
      ('sweep:cs_2', 'checkout.session.completed', 'cs_2', 'failed', 'order-creation-failed', '', now(), now());
    INSERT INTO unmatched_payments (stripe_session_id, amount, currency, reason) VALUES ('cs_1', 700, 'usd', 'no-checkout')`,
  )
  await applyMigrations(url.href)
  const alerts =
    'SELECT subject_kind, subject_id, code FROM operator_alerts WHERE resolved_at IS NULL ORDER BY subject_id'
  expect(await on(url.href, alerts)).toEqual([
    { subject_kind: 'checkout-session', subject_id: 'cs_2', code: 'order-creation-failed' },
    { subject_kind: 'stripe-event', subject_id: 'evt_new', code: 'internal-error' },
  ])
  expect(await on(url.href, 'SELECT id FROM events')).toEqual([])
  expect(await on(url.href, "SELECT id FROM webhook_events WHERE id LIKE '%:%'")).toEqual([])
})
