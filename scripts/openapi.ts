import { readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'

// Writes what follows from the routes and from `PROBLEMS`: openapi.json, and the tables of codes in docs/api.md.
// `--check` fails when they are not what the source says.
// Modules of the Workers runtime do not exist in Node. Nothing that they do is needed to describe the routes.
const EMPTY_RUNTIME = 'data:text/javascript,export const connect = undefined; export const env = {}'
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier.startsWith('cloudflare:') ? { url: EMPTY_RUNTIME, shortCircuit: true } : nextResolve(specifier, context),
})

const { allSurfaces } = await import('../src/surfaces/shop.ts')
const { openApiDocument } = await import('../src/http/openapi.ts')
const { PROBLEMS } = await import('../src/shared/problems.ts')
const { FIELD_ERRORS } = await import('../src/shared/field-errors.ts')

const root = join(import.meta.dirname, '..')

/** A Markdown table with padded columns, as the formatter leaves it. */
function table(heads: string[], rows: string[][]): string {
  const widths = heads.map((head, at) =>
    Math.max(...[head, ...rows.map((row) => row[at] ?? '')].map((cell) => cell.length)),
  )
  const line = (cells: string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

const problemTable = table(
  ['code', 'status', 'when'],
  Object.entries(PROBLEMS)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, when }]) => [`\`${code}\``, String(status), when]),
)
const fieldErrorTable = table(
  ['`errors[].code`', 'what was given'],
  Object.entries(FIELD_ERRORS).map(([code, meaning]) => [`\`${code}\``, meaning]),
)

/** Replaces the table that follows `<!-- name -->`. */
function withTable(text: string, name: string, content: string): string {
  const place = new RegExp(`(<!-- ${name}: .*-->\n\n)(?:\\|.*\n)*\n*`)
  if (!place.test(text)) throw new Error(`docs/api.md has no place for its ${name}`)
  return text
    .replace(place, (_, head: string) => `${head}${content}\n\n`)
    .trimEnd()
    .concat('\n')
}

const files: [string, (present: string) => string][] = [
  ['openapi.json', () => `${JSON.stringify(openApiDocument(allSurfaces(), 'https://api.example.com'), null, 2)}\n`],
  [
    join('docs', 'api.md'),
    (present) => withTable(withTable(present, 'error codes', problemTable), 'field error codes', fieldErrorTable),
  ],
]

for (const [name, contentOf] of files) {
  const file = join(root, name)
  const present = readFileSync(file, 'utf8')
  const wanted = contentOf(present)
  if (present === wanted) continue
  if (!process.argv.includes('--check')) {
    writeFileSync(file, wanted)
  } else {
    console.error(`${name} is not up to date: run npm run openapi`)
    process.exitCode = 1
  }
}
