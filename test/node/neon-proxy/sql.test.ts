import { NeonDbError, Pool, neon, neonConfig } from '@neondatabase/serverless'
import { sql as raw } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startNeonProxy } from '../../../dev/neon-proxy/server.ts'
import type { RunningNeonProxy } from '../../../dev/neon-proxy/server.ts'
import { startPostgres } from '../../../dev/postgres/server.ts'
import type { RunningPostgres } from '../../../dev/postgres/server.ts'

const jars = pgTable('jars', { id: integer('id').primaryKey(), label: text('label').notNull(), held: integer('held') })

let postgres: RunningPostgres
let proxy: RunningNeonProxy
let url: string

beforeAll(async () => {
  postgres = await startPostgres({ port: 0, ephemeral: true })
  proxy = await startNeonProxy({ port: 0, pgConnectionString: postgres.connectionString })
  // The driver only needs user and database; the host is the proxy's business.
  url = 'postgresql://postgres:postgres@shop.example.neon.tech/mercat'
  neonConfig.fetchEndpoint = `${proxy.url}/sql`
  neonConfig.wsProxy = `127.0.0.1:${proxy.port}/v2`
  neonConfig.useSecureWebSocket = false
  neonConfig.pipelineConnect = false
  await neon(url)`create table jars (id integer primary key, label text not null,
    held integer constraint jars_held_not_negative check (held >= 0))`
})

afterAll(async () => {
  await proxy.stop()
  await postgres.stop()
})

beforeEach(async () => {
  await control('DELETE', 'faults')
  await control('PUT', 'latency', { ms: 0 })
  await neon(url)`truncate jars cascade`
  await control('DELETE', 'stats')
})

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${proxy.url}/_proxy/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return answer.status === 204 ? undefined : answer.json()
}

async function failureOf(work: Promise<unknown>): Promise<NeonDbError> {
  try {
    await work
  } catch (error) {
    if (error instanceof NeonDbError) return error
    throw error
  }
  throw new Error('it should have failed')
}

describe('single statements', () => {
  test('values come back with the types that the driver expects', async () => {
    const rows = await neon(url)`select 1::int as i, true as b, 12345678901::bigint as big, null as nothing,
      ${"it''s ✓"} || '' as t, ${{ a: [1] }}::jsonb as j, ${['x', 'y,"z']}::text[] as list`
    expect(rows).toEqual([
      { i: 1, b: true, big: '12345678901', nothing: null, t: "it''s ✓", j: { a: [1] }, list: ['x', 'y,"z'] },
    ])
  })

  test('full results carry fields, command and row count', async () => {
    const result = await neon(url, { fullResults: true }).query(
      'insert into jars values ($1, $2), (2, $2) returning id',
      [1, 'a'],
    )
    expect(result).toMatchObject({ command: 'INSERT', rowCount: 2, rows: [{ id: 1 }, { id: 2 }] })
    expect(result.fields[0]).toMatchObject({ name: 'id', dataTypeID: 23 })
  })

  test('two statements in one query are refused, as on Neon', async () => {
    const error = await failureOf(neon(url).query('select 1; select 2'))
    expect(error.code).toBe('42601')
  })

  test('an error carries every field that PostgreSQL gave', async () => {
    const error = await failureOf(neon(url)`insert into jars values (1, 'a', -1)`)
    expect(error).toMatchObject({
      code: '23514',
      severity: 'ERROR',
      constraint: 'jars_held_not_negative',
      table: 'jars',
      schema: 'public',
    })
    expect(error.detail).toContain('Failing row')
  })

  test('a transaction that a statement leaves open does not reach the next request', async () => {
    await neon(url)`begin`
    await neon(url)`insert into jars values (1, 'a', 0)`
    await neon(url)`rollback`
    expect(await neon(url)`select id from jars`).toEqual([{ id: 1 }])
  })

  test('an unknown database and a NUL byte are errors of the caller', async () => {
    const unknown = await failureOf(neon('postgresql://postgres:postgres@localhost/nowhere')`select 1`)
    expect(unknown.code).toBe('3D000')
    const nul = await failureOf(neon(url)`select ${'a\0b'}`)
    expect(nul.code).toBe('22021')
    expect((await failureOf(neon(url).query('select 1\0'))).message).toContain('NUL')
  })
})

describe('batches', () => {
  test('drizzle mixes builders and SQL in one transaction and one round trip', async () => {
    const db = drizzle(neon(url))
    const [, inserted, counted] = await db.batch([
      db.insert(jars).values({ id: 1, label: 'one', held: 3 }),
      db.insert(jars).values({ id: 2, label: 'two', held: 4 }).returning(),
      db.execute(raw`select sum(held)::int as total from jars`),
    ])
    expect(inserted).toEqual([{ id: 2, label: 'two', held: 4 }])
    expect(counted.rows).toEqual([{ total: 7 }])
    expect(proxy.stats()).toMatchObject({ round_trips: 1, statements: 3, transactions: 1 })
  })

  test('the first error is told and nothing is kept', async () => {
    const db = drizzle(neon(url))
    const error = await failureOf(
      db.batch([
        db.insert(jars).values({ id: 1, label: 'one', held: 1 }),
        db.insert(jars).values({ id: 1, label: 'again', held: 1 }),
        db.insert(jars).values({ id: 3, label: 'three', held: 1 }),
      ]),
    )
    expect(error).toMatchObject({ code: '23505', constraint: 'jars_pkey' })
    expect(await db.select().from(jars)).toEqual([])
  })

  test('a constraint that is checked at the commit fails the batch', async () => {
    const sql = neon(url)
    await sql`create table lids (jar integer references jars deferrable initially deferred)`
    const error = await failureOf(sql.transaction([sql`insert into lids values (9)`, sql`select 1`]))
    expect(error.code).toBe('23503')
    expect(await sql`select * from lids`).toEqual([])
  })

  test('isolation level and read-only are honoured', async () => {
    const sql = neon(url)
    const [level] = await sql.transaction([sql`show transaction_isolation`], { isolationLevel: 'Serializable' })
    expect(level).toEqual([{ transaction_isolation: 'serializable' }])
    const error = await failureOf(sql.transaction([sql`insert into jars values (1, 'a', 1)`], { readOnly: true }))
    expect(error.code).toBe('25006')
  })

  test('sixty batches on one row at once all count', async () => {
    const sql = neon(url)
    await sql`insert into jars values (1, 'hot', 0)`
    const add = () => sql.transaction([sql`update jars set held = held + 1 where id = 1`, sql`select 1`])
    await Promise.all(Array.from({ length: 60 }, add))
    expect(await sql`select held from jars`).toEqual([{ held: 60 }])
  })
})

describe('controls', () => {
  test('statistics count requests, statements and transactions, and can be reset', async () => {
    const sql = neon(url)
    await sql`select 1`
    await sql.transaction([sql`select 2`, sql`select 3`])
    expect(await control('GET', 'stats')).toEqual({
      round_trips: 2,
      statements: 3,
      transactions: 1,
      queries: ['select 1', 'select 2', 'select 3'],
    })
    await control('DELETE', 'stats')
    expect(await control('GET', 'stats')).toMatchObject({ round_trips: 0, statements: 0, transactions: 0 })
  })

  test('a fault before the run leaves nothing behind, and passes after its times', async () => {
    const sql = neon(url)
    await control('POST', 'faults', { match: 'INSERT  into jars', when: 'before', times: 2 })
    const insert = () => sql`insert into
      jars values (1, 'a', 0)`
    expect((await failureOf(insert())).message).toContain('HTTP status 500')
    await failureOf(insert())
    expect(await sql`select * from jars`).toEqual([])
    await insert()
    expect(await sql`select id from jars`).toEqual([{ id: 1 }])
  })

  test('a fault after the commit loses the answer and keeps the data', async () => {
    const sql = neon(url)
    await control('POST', 'faults', { match: 'into jars', when: 'after_commit' })
    const error = await failureOf(sql.transaction([sql`insert into jars values (1, 'a', 0)`]))
    expect(error.message).toContain('Error connecting to database')
    expect(await sql`select id from jars`).toEqual([{ id: 1 }])
    expect(await control('GET', 'faults')).toEqual({ faults: [] })
  })

  test('a fault strikes what a called function does, and quotes do not matter', async () => {
    const sql = neon(url)
    await sql`create function fill_jar(id integer) returns void language sql as 'insert into "jars" values (id, ''a'', 0)'`
    await sql`create function fill_two() returns void language sql as 'select fill_jar(1); select fill_jar(2)'`
    try {
      await control('POST', 'faults', { match: 'INSERT INTO jars', when: 'before' })
      await failureOf(sql`select fill_two()`)
      expect(await sql`select * from jars`).toEqual([])
      await control('POST', 'faults', { match: 'insert into "jars"', when: 'after_commit' })
      await sql`select 1`
      await failureOf(sql`select fill_two()`)
      expect(await sql`select id from jars`).toEqual([{ id: 1 }, { id: 2 }])
    } finally {
      await sql`drop function fill_two, fill_jar`
    }
  })

  test('latency delays every round trip', async () => {
    await control('PUT', 'latency', { ms: 120 })
    const start = performance.now()
    await neon(url)`select 1`
    expect(performance.now() - start).toBeGreaterThanOrEqual(115)
  })

  test('a fault that nobody could mean is refused', async () => {
    expect(await control('POST', 'faults', { match: 'x', when: 'during' })).toHaveProperty('message')
  })
})

describe('WebSocket', () => {
  test('an interactive transaction of the driver works through the tunnel', async () => {
    const pool = new Pool({ connectionString: url })
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query("insert into jars values (1, 'a', 1)")
      await client.query('rollback')
      await client.query("insert into jars values (2, 'b', 1)")
      expect((await client.query('select id from jars')).rows).toEqual([{ id: 2 }])
    } finally {
      client.release()
      await pool.end()
    }
  })

  test('latency delays each exchange, and the order of bytes is kept', async () => {
    const pool = new Pool({ connectionString: url })
    try {
      await pool.query('select 1')
      await control('PUT', 'latency', { ms: 100 })
      const start = performance.now()
      const { rows } = await pool.query(`select n, repeat('x', 2000) as pad from generate_series(1, 500) n`)
      expect(performance.now() - start).toBeGreaterThanOrEqual(95)
      expect(rows.map((row) => row.n)).toEqual(Array.from({ length: 500 }, (_, at) => at + 1))
    } finally {
      await pool.end()
    }
  })
})

test('a connection that ends while its statement runs fails that statement and nothing else', async () => {
  const sleeper = failureOf(neon(url)`select pg_sleep(30)`)
  const endIt = () =>
    neon(
      url,
    )`select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'`
  await expect.poll(async () => (await endIt()).length).toBe(1)
  expect((await sleeper).message).toMatch(/terminat/)
  await expect.poll(() => neon(url)`select 1 as one`).toEqual([{ one: 1 }])
})
