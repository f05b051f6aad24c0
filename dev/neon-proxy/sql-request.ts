import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { HttpFailure } from '../http-server.ts'

/** A query cannot contain NUL, which would end the text inside the wire message. */
const query = z.object({
  query: z.string().refine((text) => !text.includes('\0'), 'a query must not contain a NUL byte'),
  params: z.array(z.unknown()).default([]),
})
const bodySchema = z.union([z.object({ queries: z.array(query) }), query])

const ISOLATION_LEVELS = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
} as const

export interface Statement {
  text: string
  values: (string | null)[]
}

/** A parsed `POST /sql`: what to run, as which user, and in which form to answer. */
export interface SqlRequest {
  user: string
  password: string
  database: string
  /** One statement outside a transaction, or a list inside one that starts with `begin`. */
  statements: Statement[]
  begin: string | undefined
  rawText: boolean
  arrayMode: boolean
}

/** Reads body and headers as the Neon driver writes them; throws HttpFailure 400 on what it would not send. */
export function parseSqlRequest(headers: IncomingHttpHeaders, body: string): SqlRequest {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    throw new HttpFailure(400, 'the body is not JSON')
  }
  const parsed = bodySchema.safeParse(json)
  if (!parsed.success) throw new HttpFailure(400, `the body is not a query: ${z.prettifyError(parsed.error)}`)
  const batch = 'queries' in parsed.data
  const queries = 'queries' in parsed.data ? parsed.data.queries : [parsed.data]
  return {
    ...parseConnectionString(header(headers, 'neon-connection-string')),
    statements: queries.map(({ query, params }) => ({ text: query, values: params.map(toText) })),
    begin: batch ? beginStatement(headers) : undefined,
    rawText: header(headers, 'neon-raw-text-output') === 'true',
    arrayMode: header(headers, 'neon-array-mode') === 'true',
  }
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

function parseConnectionString(text: string | undefined): Pick<SqlRequest, 'user' | 'password' | 'database'> {
  if (text === undefined) throw new HttpFailure(400, 'missing header Neon-Connection-String')
  try {
    const url = new URL(text)
    if (!/^postgres(ql)?:$/.test(url.protocol) || url.username === '' || url.pathname.length < 2)
      throw new Error('parts')
    return {
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
    }
  } catch {
    throw new HttpFailure(400, 'Neon-Connection-String is not a PostgreSQL connection string with user and database')
  }
}

function beginStatement(headers: IncomingHttpHeaders): string {
  const words = ['BEGIN']
  const isolation = header(headers, 'neon-batch-isolation-level')
  if (isolation !== undefined) {
    if (!isIsolationLevel(isolation)) throw new HttpFailure(400, `unknown isolation level ${isolation}`)
    words.push(`ISOLATION LEVEL ${ISOLATION_LEVELS[isolation]}`)
  }
  if (header(headers, 'neon-batch-read-only') === 'true') words.push('READ ONLY')
  if (header(headers, 'neon-batch-deferrable') === 'true') words.push('DEFERRABLE')
  return words.join(' ')
}

function isIsolationLevel(name: string): name is keyof typeof ISOLATION_LEVELS {
  return Object.hasOwn(ISOLATION_LEVELS, name)
}

/** Every parameter is sent as text; PostgreSQL parses it by the type that its place has, as with Neon. */
function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return arrayLiteral(value)
  return JSON.stringify(value)
}

function arrayLiteral(values: unknown[]): string {
  const items = values.map((value) => {
    if (Array.isArray(value)) return arrayLiteral(value)
    const text = toText(value)
    return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${items.join(',')}}`
}
