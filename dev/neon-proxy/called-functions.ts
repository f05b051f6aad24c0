import { z } from 'zod'
import type { SqlRunner } from './run-sql.ts'
import type { SqlRequest } from './sql-request.ts'

const FUNCTIONS = `SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace`
const rowSchema = z.array(z.tuple([z.string(), z.string()]))

/** The texts of a request, with the bodies of all functions that they call, directly or not. */
export async function withCalledFunctions(runner: SqlRunner, request: SqlRequest): Promise<string[]> {
  const [functions] = await runner.run({
    ...request,
    begin: undefined,
    statements: [{ text: FUNCTIONS, values: [] }],
    rawText: true,
    arrayMode: true,
  })
  const left = new Map(rowSchema.parse(functions?.rows))
  const texts = request.statements.map(({ text }) => text)
  // The loop appends to the list that it goes through.
  for (const text of texts) {
    for (const [name, body] of left) {
      if (!text.includes(`${name}(`)) continue
      texts.push(body)
      left.delete(name)
    }
  }
  return texts
}
