import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { applyMigrations } from '../../../dev/migrate.ts'

const DATABASE = 'migrations_that_wait'
const folder = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
const url = new URL(inject('pgUrl'))
url.pathname = DATABASE
const FAST = { folder, lockTimeoutMs: 50, pauseMs: 10 }

let holder: Client

async function ask(sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

async function onServer(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject('pgUrl') })
  await client.connect()
  await client.query(sql)
  await client.end()
}

beforeAll(() => {
  mkdirSync(path.join(folder, 'meta'))
  const entry = { idx: 0, version: '7', when: 1, tag: '0000_wait', breakpoints: true }
  const journal = { version: '7', dialect: 'postgresql', entries: [entry] }
  writeFileSync(path.join(folder, 'meta', '_journal.json'), JSON.stringify(journal))
  writeFileSync(path.join(folder, '0000_wait.sql'), 'ALTER TABLE busy ADD COLUMN added integer;')
})
afterAll(() => rmSync(folder, { recursive: true }))

beforeEach(async () => {
  await onServer(`create database ${DATABASE}`)
  await ask('create table busy (n integer)')
  holder = new Client({ connectionString: url.href })
  await holder.connect()
  await holder.query('begin; lock table busy in access share mode')
})
afterEach(async () => {
  await holder.end()
  await onServer(`drop database ${DATABASE} with (force)`)
})

test('a migration gives a locked table free again and again, and is done once the lock is gone', async () => {
  const said: string[] = []
  const log = (line: string) => {
    said.push(line)
    if (said.length === 2) void holder.query('rollback')
  }
  await applyMigrations(url.href, { ...FAST, attempts: 500, log })
  expect(said[0]).toMatch(
    /attempt 1 of 500: a table was locked by others for 0.05 s, or both waited for each other \(oldest open transaction: process \d+, idle in transaction/,
  )
  expect(await ask('select added from busy')).toEqual([])
})

test('a table that stays locked is a clear error, and nothing has changed', async () => {
  await expect(applyMigrations(url.href, { ...FAST, attempts: 3 })).rejects.toThrow(
    /nothing was migrated, after 3 attempts: a table was locked/,
  )
  expect(await ask("select column_name from information_schema.columns where table_name = 'busy'")).toEqual([
    { column_name: 'n' },
  ])
})

test('a migration that was ended as a deadlock is tried again', async () => {
  await ask('create sequence tries')
  // A sequence counts on although its transaction is rolled back.
  const sql = `DO $$ BEGIN
    IF nextval('tries') < 3 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF;
  END $$;`
  const other = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
  try {
    cpSync(folder, other, { recursive: true })
    writeFileSync(path.join(other, '0000_wait.sql'), sql)
    const said: string[] = []
    await applyMigrations(url.href, { ...FAST, folder: other, attempts: 3, log: (line) => said.push(line) })
    expect(said).toHaveLength(2)
  } finally {
    rmSync(other, { recursive: true })
  }
})
