import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { startPostgres } from '../../../dev/postgres/server.ts'
import type { RunningPostgres } from '../../../dev/postgres/server.ts'

const parent = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
chmodSync(parent, 0o755)
const dataDir = path.join(parent, 'postgres')
afterAll(() => rmSync(parent, { recursive: true, force: true }))

async function ask(postgres: RunningPostgres, sql: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: postgres.connectionString })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows[0] ?? {}
  } finally {
    await client.end()
  }
}

test('durability is on, the text is UTF-8 and the clock is UTC', async () => {
  const postgres = await startPostgres({ port: 0, ephemeral: true })
  try {
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'server_encoding', 'TimeZone']
    const settings = await ask(
      postgres,
      `select ${names.map((name) => `current_setting('${name}') as "${name}"`).join()}`,
    )
    expect(settings).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      server_encoding: 'UTF8',
      TimeZone: 'UTC',
    })
    expect(await ask(postgres, `select current_setting('max_connections')::int >= 200 as enough`)).toEqual({
      enough: true,
    })
  } finally {
    await postgres.stop()
  }
})

test('an ephemeral server leaves no folder behind', async () => {
  const postgres = await startPostgres({ port: 0, ephemeral: true })
  const { data_directory: cluster } = await ask(postgres, 'show data_directory')
  const folder = path.dirname(String(cluster))
  expect(existsSync(folder)).toBe(true)
  await postgres.stop()
  expect(existsSync(folder)).toBe(false)
})

test('data stays over a restart, a stale postmaster.pid does not matter, and the folder is not shared', async () => {
  const first = await startPostgres({ dataDir, port: 0 })
  await ask(first, 'create table kept as select 7 as n')
  await first.stop()
  writeFileSync(path.join(dataDir, 'cluster', 'postmaster.pid'), `${process.pid}\n`)
  const second = await startPostgres({ dataDir, port: 0 })
  try {
    expect(await ask(second, 'select n from kept')).toEqual({ n: 7 })
    await expect(startPostgres({ dataDir, port: 0 })).rejects.toThrow(/in use by process/)
    expect(await ask(second, 'select n from kept')).toEqual({ n: 7 })
  } finally {
    await second.stop()
  }
})

test('a port that somebody has is a clear error', async () => {
  const holder = await startPostgres({ port: 0, ephemeral: true })
  try {
    await expect(startPostgres({ port: holder.port, ephemeral: true })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${holder.port}`,
    )
  } finally {
    await holder.stop()
  }
})
