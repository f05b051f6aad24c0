import { DatabaseError } from 'pg'
import { HttpFailure } from '../http-server.ts'

const FIELDS = [
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'severity',
  'where',
  'table',
  'column',
  'schema',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const

/** Status and body for a request that failed: PostgreSQL's own error is a 400 with all its fields, the rest a 500. */
export function toErrorAnswer(error: unknown): { status: number; body: Record<string, string | null> } {
  if (error instanceof DatabaseError) {
    const fields = FIELDS.map((name) => [name, error[name] ?? null] as const)
    return { status: 400, body: { message: error.message, ...Object.fromEntries(fields) } }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { status: error instanceof HttpFailure ? error.status : 500, body: { message } }
}
