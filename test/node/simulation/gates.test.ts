import { kill } from 'node:process'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Gates, installGates } from '../../../proof/simulation/world/gates.ts'

const database = `gates_${process.pid}`
const url = new URL(inject('pgUrl'))
url.pathname = database
let server: Client
let keeper: Client
let writer: Client
let pid = 0

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, pipeline: true })
  await client.connect()
  return client
}

beforeAll(async () => {
  server = await connect(inject('pgUrl'))
  await server.query(`CREATE DATABASE ${database}`)
  keeper = await connect(url.href)
  writer = await connect(url.href)
  await keeper.query('CREATE SCHEMA simulation')
  await installGates(keeper)
  await keeper.query("SET statement_timeout = '5s'")
  const { rows } = await writer.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  pid = rows[0]?.pid ?? 0
})

afterAll(async () => {
  await keeper.end()
  await writer.end()
  await server.query(`DROP DATABASE ${database} WITH (FORCE)`)
  await server.end()
})

test('a statement that is cancelled as its gate opens leaves nothing shut for the next transaction', async () => {
  const gates = new Gates(keeper, pid, (gate) => gate === 0)
  await gates.shut(writer)
  await writer.query('BEGIN')
  const passing = writer.query('SELECT simulation.pass_gate()')
  passing.catch(() => undefined)
  await expect.poll(() => gates.areWaitedFor(), { interval: 5 }).toBe(true)
  // The backend learns of both at once, as it may on a busy machine: it has the lock by then, and is cancelled with it.
  kill(pid, 'SIGSTOP')
  try {
    await gates.open()
    await gates.cancel()
  } finally {
    kill(pid, 'SIGCONT')
  }
  await expect(passing).rejects.toThrow('canceling statement due to user request')
  await writer.query('ROLLBACK')
  await gates.openAll(writer)

  const next = new Gates(keeper, pid, (gate) => gate === 0)
  await next.shut(writer)
  await next.openAll(writer)
})
