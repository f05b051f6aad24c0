import { Pool } from 'pg'
import type { CustomTypesConfig, FieldDef, PoolClient, QueryArrayConfig, QueryArrayResult } from 'pg'
import type { SqlRequest, Statement } from './sql-request.ts'

/** Answer for one statement, in Neon's form. Cells are text, or values by type when the caller asked for that. */
export interface StatementResult {
  command: string
  rowCount: number | null
  fields: FieldDef[]
  rows: unknown[]
  rowAsArray: boolean
}

export interface SqlRunner {
  /** Runs one request and answers a result for each statement; rejects with the first error, nothing of a batch kept. */
  run(request: SqlRequest): Promise<StatementResult[]>
  close(): Promise<void>
}

/** Bounded like Neon's own pool, and well below the server's max_connections. */
const CONNECTIONS = 80
const RAW_TEXT: CustomTypesConfig = { getTypeParser: () => (value: string) => value }

/** A notice of PostgreSQL, with the number of the connection. */
export interface Notice {
  connection: number
  message: string
}

/** Runs statements on PostgreSQL at `host`:`port`, with a pool for every user and database that appears. */
export function createSqlRunner(host: string, port: number, onNotice: (notice: Notice) => void): SqlRunner {
  const pools = new Map<string, Pool>()
  let connections = 0

  const poolFor = ({ user, password, database }: SqlRequest): Pool => {
    const key = JSON.stringify([user, password, database])
    const existing = pools.get(key)
    if (existing !== undefined) return existing
    const pool = new Pool({
      host,
      port,
      user,
      password,
      database,
      max: CONNECTIONS,
      idleTimeoutMillis: 60_000,
      pipeline: true,
      types: RAW_TEXT,
      application_name: 'neon-proxy',
    })
    // The pool replaces an idle connection that ends (the server restarts); the next request reports real trouble.
    pool.on('error', () => undefined)
    // One that ends while a statement runs fails that statement; without a listener it would end this process as well.
    pool.on('connect', (client) => {
      connections += 1
      const connection = connections
      client.on('error', () => undefined)
      client.on('notice', ({ message = '' }) => onNotice({ connection, message }))
    })
    pools.set(key, pool)
    return pool
  }

  return {
    async run(request) {
      const client = await poolFor(request).connect()
      try {
        const results = await execute(client, request)
        return results.map((result) => toAnswer(result, request))
      } finally {
        // A statement may leave a transaction open or the connection dead; neither may reach the next request.
        client.release(client.getTransactionStatus() !== 'I')
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
    },
  }
}

/**
 * A batch is sent whole, without waiting between statements. When one fails, PostgreSQL refuses those after it and turns
 * the COMMIT into a rollback, so the first error is the cause and the rest are its echo.
 */
async function execute(client: PoolClient, request: SqlRequest): Promise<QueryArrayResult[]> {
  if (request.begin === undefined) return Promise.all(request.statements.map((each) => send(client, each)))
  const begin = client.query(request.begin)
  const work = request.statements.map((each) => send(client, each))
  const commit = client.query('COMMIT')
  const outcomes = await Promise.allSettled([begin, ...work, commit])
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return Promise.all(work)
}

/** The extended protocol even without parameters: it takes exactly one statement, as on Neon. */
function send(client: PoolClient, { text, values }: Statement): Promise<QueryArrayResult> {
  const config: QueryArrayConfig & { queryMode: 'extended' } = { text, values, rowMode: 'array', queryMode: 'extended' }
  return client.query(config)
}

/** One result in the form that was asked for. */
export function toAnswer(result: QueryArrayResult, { rawText, arrayMode }: SqlRequest): StatementResult {
  const names = result.fields.map((field) => field.name)
  const rows = rawText
    ? result.rows
    : result.rows.map((row) => row.map((cell, at) => parseCell(cell, result.fields[at]?.dataTypeID)))
  return {
    command: result.command,
    rowCount: result.rowCount,
    fields: result.fields,
    rows: arrayMode ? rows : rows.map((row) => Object.fromEntries(row.map((cell, at) => [names[at], cell]))),
    rowAsArray: arrayMode,
  }
}

const BOOLEAN_TYPE = 16
const NUMBER_TYPES = new Set([21, 23, 700, 701])
const JSON_TYPES = new Set([114, 3802])

/** Without raw text Neon answers booleans, small numbers and JSON as such, everything else as text. */
function parseCell(cell: unknown, type = 0): unknown {
  if (typeof cell !== 'string') return cell
  if (type === BOOLEAN_TYPE) return cell === 't'
  if (NUMBER_TYPES.has(type)) return Number.isFinite(Number(cell)) ? Number(cell) : cell
  return JSON_TYPES.has(type) ? JSON.parse(cell) : cell
}
