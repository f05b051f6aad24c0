import { neonConfig } from '@neondatabase/serverless'
import { inject } from 'vitest'
// It sets how the driver sends, which is wrapped below; this file is imported before others that wrap it.
import '../../../../src/db/client.ts'
import { type Lock, locksOf } from './locks-of-plan.ts'

// Every request of the Worker to the database is sent with auto_explain on, whose plans of nested statements come back as notices. What
// they lock is kept by batch, in the order in which it happened.

/** A batch, as one line of its statements each, and what it locked in order. */
export type RecordedBatch = { statements: string[]; locks: Lock[] }

type Statement = { query: string; params: unknown[] }

const batches = new Map<string, RecordedBatch>()
const latest = new Map<number, string>()
const notices = new URL('/_proxy/notices', inject('neonEndpoint')).href

const SETTINGS = {
  client_min_messages: 'notice',
  'auto_explain.log_level': 'notice',
  'auto_explain.log_format': 'json',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
}

const settings = Object.entries(SETTINGS).map(([name, value]) => `set_config('${name}', '${value}', true)`)

const explained = (id: string): Statement[] =>
  [
    `LOAD 'auto_explain'`,
    `SELECT ${settings.join(', ')}`,
    `DO $$ BEGIN RAISE NOTICE 'batch ${id}'; PERFORM set_config('auto_explain.log_min_duration', '0', true); END $$`,
  ].map((query) => ({ query, params: [] }))

const send: typeof fetch = neonConfig.fetchFunction

neonConfig.fetchFunction = async (url: string, init: RequestInit) => {
  // The Worker asks for rows as arrays, tests for objects.
  if (new Headers(init.headers).get('Neon-Array-Mode') !== 'true') return send(url, init)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by Neon's driver
  const body = JSON.parse(init.body as string) as { queries: Statement[] } | Statement
  const statements = 'queries' in body ? body.queries : [body]
  const id = crypto.randomUUID()
  batches.set(id, { statements: statements.map(({ query }) => query.replaceAll(/\s+/g, ' ').trim()), locks: [] })
  const before = explained(id)
  const answer = await send(url, { ...init, body: JSON.stringify({ queries: [...before, ...statements] }) })
  if (!answer.ok) return answer
  const { results } = await answer.json<{ results: unknown[] }>()
  const own = results.slice(before.length)
  return Response.json('queries' in body ? { results: own } : own[0])
}

/** Takes over what came since the last time; asked after every test, so that the proxy need not keep all of it. */
export async function takeNotices(): Promise<void> {
  const answer = await fetch(notices, { method: 'POST' })
  const { notices: all } = await answer.json<{ notices: { connection: number; message: string }[] }>()
  for (const { connection, message } of all) {
    const begun = /^batch (.*)$/.exec(message)?.[1]
    if (begun !== undefined) latest.set(connection, begun)
    const batch = batches.get(latest.get(connection) ?? '')
    const plan = /plan:\n(.*)$/s.exec(message)?.[1]
    if (batch !== undefined && plan !== undefined) batch.locks.push(...locksOf(JSON.parse(plan)))
  }
}

/** All batches so far that locked something. */
export const recordedBatches = (): RecordedBatch[] => [...batches.values()].filter(({ locks }) => locks.length > 0)
