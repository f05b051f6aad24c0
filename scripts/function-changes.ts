import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { type Client, DatabaseError } from 'pg'
import { z } from 'zod'

/** The wanted texts of functions, by name. */
export type FunctionTexts = ReadonlyMap<string, string>

const FOLDER = path.join(import.meta.dirname, '..', 'src', 'db', 'functions')

/** PostgreSQL's answer to a replacement that would change what a function returns or how its arguments are named. */
const CANNOT_REPLACE = '42P13'

const definitionsSchema = z.array(z.object({ name: z.string(), signature: z.string(), text: z.string() }))

/** Reads `src/db/functions`; throws when a file does not make the function of its name. */
export function readFunctions(folder = FOLDER): FunctionTexts {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  return new Map(
    files.toSorted().map((file) => {
      const name = path.basename(file, '.sql')
      const text = readFileSync(path.join(folder, file), 'utf8').trimEnd()
      if (!new RegExp(`^CREATE OR REPLACE FUNCTION ${name}\\(`, 'm').test(text)) {
        throw new Error(`${file} does not say CREATE OR REPLACE FUNCTION ${name}(`)
      }
      return [name, text]
    }),
  )
}

async function definitions(client: Client) {
  const { rows } = await client.query(`
    SELECT f.proname AS name, f.oid::regprocedure::text AS signature, pg_get_functiondef(f.oid) AS text
    FROM pg_proc f
    WHERE f.pronamespace = 'public'::regnamespace AND f.prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
    ORDER BY 1, 2`)
  return definitionsSchema.parse(rows)
}

/** Runs one statement; answers false, with nothing changed, when the function cannot be replaced as it is. */
async function replaces(client: Client, text: string): Promise<boolean> {
  await client.query('SAVEPOINT replacement')
  try {
    await client.query(text)
    return true
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT replacement')
    if (error instanceof DatabaseError && error.code === CANNOT_REPLACE) return false
    throw error
  }
}

/**
 * The statements that bring the functions of a migrated database to their present texts: none when they are there already.
 * The database is left as it was. Throws PostgreSQL's error when a text is not valid.
 */
export async function functionChanges(client: Client, texts: FunctionTexts): Promise<string[]> {
  await client.query('BEGIN')
  try {
    const before = await definitions(client)
    const statements: string[] = []
    const drop = async (signature: string) => {
      statements.push(`DROP FUNCTION ${signature};`)
      await client.query(`DROP FUNCTION ${signature}`)
    }
    for (const { name, signature } of before) if (!texts.has(name)) await drop(signature)
    for (const [name, text] of texts) {
      const named = (all: typeof before) => all.filter((each) => each.name === name)
      const replaced = await replaces(client, text)
      const now = named(await definitions(client))
      if (replaced && now.length === 1) {
        if (now[0]?.text !== named(before)[0]?.text) statements.push(text)
        continue
      }
      // With other arguments, the text would make a second function beside the first.
      for (const { signature } of named(before)) await drop(signature)
      await client.query(text)
      statements.push(text)
    }
    return statements
  } finally {
    await client.query('ROLLBACK')
  }
}
