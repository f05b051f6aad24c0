import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { waitUntil } from '../../../dev/wait-until.ts'

/** What one node of a plan did to a table, all of its loops together. */
export interface TableVisit {
  table: string
  node: string
  index: string | undefined
  /** Rows that were read, including those that were filtered out. */
  rows: number
}

export interface SeenPlan {
  query: string
  visits: TableVisit[]
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string | undefined
  'Index Name'?: string | undefined
  'Actual Rows'?: number | undefined
  'Actual Loops'?: number | undefined
  'Rows Removed by Filter'?: number | undefined
  'Rows Removed by Join Filter'?: number | undefined
  'Rows Removed by Index Recheck'?: number | undefined
  Plans?: PlanNode[] | undefined
}

const planNode: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Actual Rows': z.number().optional(),
  'Actual Loops': z.number().optional(),
  'Rows Removed by Filter': z.number().optional(),
  'Rows Removed by Join Filter': z.number().optional(),
  'Rows Removed by Index Recheck': z.number().optional(),
  Plans: z.lazy(() => planNode.array()).optional(),
})

const logged = z.object({ 'Query Text': z.string(), Plan: planNode })

/** The settings that make the server log the plan of every statement, including those inside triggers. */
const SETTINGS = {
  session_preload_libraries: `'auto_explain'`,
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_format': `'json'`,
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
}

/**
 * Runs `work` and answers the plan of every statement that came through the Neon proxy meanwhile, from PostgreSQL's own
 * log: what is judged is what ran, with its parameters, and not a guess of it. Nothing else may use the proxy meanwhile.
 */
export async function collectPlans(db: pg.Client, work: () => Promise<unknown>): Promise<SeenPlan[]> {
  const { rows } = await db.query<{ folder: string }>(`SELECT current_setting('data_directory') AS folder`)
  const log = path.join(path.dirname(rows[0]?.folder ?? ''), 'postgres.log')
  const database = (await db.query<{ name: string }>('SELECT current_database() AS name')).rows[0]?.name ?? ''
  const idle = () => waitUntil('the proxy to be idle', async () => (await busyProxyConnections(db)) === 0)
  await idle()
  for (const [name, value] of Object.entries(SETTINGS)) {
    await db.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} SET ${name} = ${value}`)
  }
  await endProxyConnections(db)
  const start = statSync(log).size
  try {
    await work()
    await idle()
  } finally {
    for (const name of Object.keys(SETTINGS)) {
      await db.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} RESET ${name}`)
    }
    await endProxyConnections(db)
  }
  return plansIn(readFileSync(log).subarray(start).toString('utf8'))
}

/** Ends the proxy's connections, so that new ones are made with the new settings. */
const endProxyConnections = (db: pg.Client) =>
  db.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'neon-proxy'`)

async function busyProxyConnections(db: pg.Client): Promise<number> {
  const { rows } = await db.query<{ busy: number }>(
    `SELECT count(*)::integer AS busy FROM pg_stat_activity WHERE application_name = 'neon-proxy' AND state <> 'idle'`,
  )
  return rows[0]?.busy ?? 0
}

/** The plans in a piece of the server's log. */
export function plansIn(text: string): SeenPlan[] {
  const found = text.matchAll(/ duration: [\d.]+ ms {2}plan:\n(?<json>(?:\t.*\n)+)/g)
  return Array.from(found, ({ groups }) => {
    const { 'Query Text': query, Plan: plan } = logged.parse(JSON.parse(groups?.['json'] ?? ''))
    return { query, visits: visitsOf(plan) }
  })
}

function visitsOf(node: PlanNode): TableVisit[] {
  const loops = node['Actual Loops'] ?? 0
  const each =
    (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  const table = node['Relation Name']
  const own =
    table === undefined || !/Scan/.test(node['Node Type']) || loops === 0
      ? []
      : [{ table, node: node['Node Type'], index: node['Index Name'], rows: Math.round(each * loops) }]
  return [...own, ...(node.Plans ?? []).flatMap(visitsOf)]
}

/** A scan that ends at the first row, as one below EXISTS does, has not read its table. */
const readsWhole = ({ node, rows }: TableVisit) => node === 'Seq Scan' && rows > 1

/**
 * What would get slower with the shop: a growing table read from end to end, or more than `limit` of its rows looked at
 * by one step of one statement. One line each, without repetitions.
 */
export function judgePlans(plans: SeenPlan[], growing: readonly string[], limit: number): string[] {
  const lines = plans.flatMap(({ query, visits }) =>
    visits
      .filter((visit) => growing.includes(visit.table) && (readsWhole(visit) || visit.rows > limit))
      .map(({ table, node, index, rows }) => {
        const how = index === undefined ? node : `${node} (${index})`
        return `${how} on ${table}, ${rows} rows: ${query.replaceAll(/\s+/g, ' ').trim().slice(0, 160)}`
      }),
  )
  return [...new Set(lines)]
}
