import type { Pool } from 'pg'

/** What others may change by design: emails to an address that they name, and the count of wrong passwords. */
const NOT_THEIRS = new Set(['one_time_tokens', 'email_outbox', 'emails_sent', 'idempotency_keys'])
const COUNTED = /^(failed_|locked_|updated_at$)/

const LINKS = ['member_id', 'visitor_id', 'cart_id', 'checkout_id', 'order_id', 'prospect_id']

type Row = Record<string, unknown>

/**
 * All rows of a member, or of a visitor, and what hangs on them, as text: whoever compares two of these sees what was
 * changed between them.
 */
export async function rowsOf(pool: Pool, id: string): Promise<string[]> {
  const columns = await pool.query<{ table_name: string; column_name: string }>(
    `SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = ANY($1)`,
    [[...LINKS, 'id']],
  )
  const links = columns.rows.filter(
    ({ table_name, column_name }) => column_name !== 'id' && !NOT_THEIRS.has(table_name),
  )
  const known = new Set([id])
  const rows = new Set<string>()
  const members = await pool.query<{ row: Row }>('SELECT to_jsonb(m) AS row FROM members m WHERE id = $1', [id])
  for (const { row } of members.rows) rows.add(`members ${describe(row)}`)
  // Follow foreign keys (cart to lines, checkout to order) until nothing new is found.
  for (let before = -1; before < rows.size;) {
    before = rows.size
    for (const { table_name, column_name } of links) {
      const found = await pool.query<{ row: Row }>(
        `SELECT to_jsonb(t) AS row FROM "${table_name}" t WHERE "${column_name}"::text = ANY($1)`,
        [[...known]],
      )
      for (const { row } of found.rows) {
        rows.add(`${table_name} ${describe(row)}`)
        if (typeof row['id'] === 'string') known.add(row['id'])
      }
    }
  }
  return [...rows].toSorted()
}

const describe = (row: Row): string =>
  JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => !COUNTED.test(name))))
