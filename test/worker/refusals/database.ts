import { db } from '../support/shop.ts'

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

async function tablesWith(column: string): Promise<string[]> {
  const rows = await db`
    SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = ${column} ORDER BY 1`
  return rows.map((row) => String(row.table_name))
}

/** What the queue writes about emails of tests before: of the outbox only the emails themselves count. */
const BY_THE_QUEUE = ['emails_sent', 'order_email_failures']
const digested = (table: string): string => (table === 'email_outbox' ? 't.id' : 't')

/** A digest of every row of every table: whoever compares two sees whether anything was written between them. */
export async function fingerprint(): Promise<Record<string, string>> {
  const rows = await db`SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL (${BY_THE_QUEUE}) ORDER BY 1`
  const parts = rows.map(({ table_name }) => {
    const name = String(table_name)
    return `SELECT '${name}' AS name, count(*) || ':' || coalesce(sum(hashtextextended(${digested(name)}::text, 0)::numeric), 0) AS digest FROM ${quoted(name)} t`
  })
  const digests = await db.query(parts.join(' UNION ALL '))
  return Object.fromEntries(digests.map(({ name, digest }) => [String(name), String(digest)]))
}

/** Every text and id of every row that names this member: what a stranger might ask for. */
export async function valuesOf(memberId: string): Promise<string[]> {
  const tables = await tablesWith('member_id')
  const parts = [
    `SELECT to_jsonb(t) AS row FROM members t WHERE id = $1`,
    ...tables.map((name) => `SELECT to_jsonb(t) AS row FROM ${quoted(name)} t WHERE member_id = $1`),
  ]
  const rows = await db.query(parts.join(' UNION ALL '), [memberId])
  const values = rows.flatMap(({ row }) => Object.values(Object(row) as Record<string, unknown>))
  return [...new Set(values.filter((value) => typeof value === 'string' && value.length >= 8))] as string[]
}
