import { Client } from 'pg'
import { applyMigrations } from '../../dev/migrate.ts'
import { seed } from '../../drizzle/seed/seed.ts'
import type { Stage } from './run.ts'
import { prepareDatabase } from './shop.ts'
import { bundleWorker, type SourceEdit } from './world/bundle.ts'
import { Connections } from './world/database.ts'
import { installGates } from './world/gates.ts'
import { prepareIsolates } from './world/isolate.ts'

/** The server never fails here, so nothing needs to be on disk; and no statistics may change plans between two runs. */
const SETTINGS = [
  'fsync = off',
  'synchronous_commit = off',
  'full_page_writes = off',
  'autovacuum = off',
  'jit = off',
  'deadlock_timeout = 1',
]

let databases = 0

/** Something that is taken away from Mercat, to see whether the simulation notices. */
export type Mutation = { edits?: SourceEdit[]; functionEdits?: FunctionEdit[]; sql?: string }

/** Text of a function in the database to be replaced; it must stand there exactly once. */
export type FunctionEdit = { function: string; replace: string; by: string }

/** A database of its own on the server, migrated, and the Worker's bundle; `mutation` breaks either. */
export async function setStage(
  serverUrl: string,
  mutation: Mutation = {},
): Promise<{ stage: Stage; close: () => Promise<void> }> {
  const database = `simulation_${process.pid}_${databases++}`
  const server = new Client({ connectionString: serverUrl })
  await server.connect()
  for (const setting of SETTINGS) await server.query(`ALTER SYSTEM SET ${setting}`)
  await server.query('SELECT pg_reload_conf()')
  await server.query(`CREATE DATABASE ${database}`)
  const url = new URL(serverUrl)
  url.pathname = database
  const connectionString = url.href
  const open = async () => {
    const client = new Client({ connectionString, pipeline: true })
    await client.connect()
    return client
  }
  const first = await open()
  await prepareDatabase(first, database)
  await first.end()
  await applyMigrations(connectionString)
  await seed(connectionString)
  const observer = await open()
  if (mutation.sql !== undefined) await observer.query(mutation.sql)
  for (const edit of mutation.functionEdits ?? []) await editFunction(observer, edit)
  await installGates(observer)
  const connections = new Connections(connectionString)
  const makeIsolate = prepareIsolates(await bundleWorker(mutation.edits))
  return {
    stage: { connections, observer, makeIsolate },
    async close() {
      await connections.close()
      await observer.end()
      await server.query(`DROP DATABASE ${database} WITH (FORCE)`)
      await server.end()
    },
  }
}

async function editFunction(client: Client, edit: FunctionEdit): Promise<void> {
  const { rows } = await client.query<{ text: string }>('SELECT pg_get_functiondef($1::regproc) AS text', [
    edit.function,
  ])
  const parts = rows[0]?.text.split(edit.replace) ?? []
  if (parts.length !== 2)
    throw new Error(`${edit.function} has ${parts.length - 1} times what is to be replaced: ${edit.replace}`)
  await client.query(parts.join(edit.by))
}
