import { readFileSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { type Bundle, withBundle } from './build-bundle.ts'

// Writes docs/bundle-weights.md: what each package weighs in the Worker. With `--check` it fails when that page is out by
// more than a change of our own code shifts.

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'bundle-weights.md')
const OWN = 'Mercat itself'
const LIGHT = 'packages under 2 KiB'
const LIGHT_BYTES = 2 * 1_024

/** KiB by which a row may differ from the page: what is used of a package changes a little with the code that uses it. */
const TOLERANCE = 3

type Row = { name: string; raw: number; gzipped: number }

const sourceMapSchema = z.object({
  version: z.number(),
  sources: z.array(z.string()),
  names: z.array(z.string()),
  mappings: z.string(),
})

/** The package of a source. Drizzle's own source maps lead to `node_modules/src`, beside its folder. */
function packageOf(source: string): string {
  const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? OWN
  return name === 'src' ? 'drizzle-orm' : name
}

/** The bundle's text taken apart by package, each part in the order in which it stands in the bundle. */
function textByPackage({ code, sourceMap }: Bundle): Map<string, string> {
  const map = new SourceMap({ file: '', sourceRoot: '', sourcesContent: [], ...sourceMapSchema.parse(sourceMap) })
  const texts = new Map<string, string[]>()
  code.split('\n').forEach((line, row) => {
    for (let column = 0; column < line.length; column += 1) {
      const entry = map.findEntry(row, column)
      const owner = 'originalSource' in entry ? packageOf(entry.originalSource) : OWN
      const text = texts.get(owner) ?? []
      text.push(line.charAt(column))
      texts.set(owner, text)
    }
  })
  return new Map([...texts].map(([name, characters]) => [name, characters.join('')]))
}

const kib = (bytes: number) => Math.round(bytes / 1_024)

function weigh(bundle: Bundle): Row[] {
  const byPackage = Map.groupBy(textByPackage(bundle), ([name, text]) =>
    name !== OWN && Buffer.byteLength(text) < LIGHT_BYTES ? LIGHT : name,
  )
  return [...byPackage]
    .map(([name, parts]) => {
      const text = parts.map((part) => part[1]).join('')
      return { name, raw: Buffer.byteLength(text), gzipped: gzipSync(text).byteLength }
    })
    .toSorted((a, b) => b.raw - a.raw)
    .map(({ name, raw, gzipped }) => ({ name, raw: kib(raw), gzipped: kib(gzipped) }))
}

const page = (rows: Row[]) => `# What the Worker weighs

KiB in the bundle that a deploy uploads, minified and with what is never used left out
([decision 15](decisions/0015-bundle-without-what-nobody-reads.md)). Each package is gzipped by itself here; all together
share more, so the sum is above the whole. The whole has exact budgets in \`scripts/bundle-budget.ts\`, which
\`npm run verify\` holds. Written by \`npm run weights\`.

| package | KiB | gzipped |
| --- | ---: | ---: |
${rows.map(({ name, raw, gzipped }) => `| ${name} | ${raw} | ${gzipped} |`).join('\n')}
`

function rowsOf(text: string): Map<string, { raw: number; gzipped: number }> {
  const rows = text.matchAll(/^\| (?<name>[^|]+?) +\| +(?<raw>\d+) +\| +(?<gzipped>\d+) +\|$/gm)
  return new Map(
    Array.from(rows, ({ groups }) => [
      groups?.['name'] ?? '',
      { raw: Number(groups?.['raw']), gzipped: Number(groups?.['gzipped']) },
    ]),
  )
}

/** What the page says wrongly. Our own code changes daily: its row is what it was when the page was written. */
function mistakes(rows: Row[], written: ReturnType<typeof rowsOf>): string[] {
  const off = rows.filter(({ name, raw, gzipped }) => {
    const said = written.get(name)
    if (said === undefined) return true
    return name !== OWN && (Math.abs(said.raw - raw) > TOLERANCE || Math.abs(said.gzipped - gzipped) > TOLERANCE)
  })
  const gone = [...written.keys()].filter((name) => !rows.some((row) => row.name === name))
  return [
    ...off.map(({ name, raw, gzipped }) => `${name}: ${raw} KiB, ${gzipped} gzipped`),
    ...gone.map((name) => `${name}: gone`),
  ]
}

const rows = withBundle(weigh)
if (process.argv.includes('--check')) {
  const found = mistakes(rows, rowsOf(readFileSync(PAGE, 'utf8')))
  if (found.length > 0) {
    console.error(`docs/bundle-weights.md is out of date: run npm run weights\n${found.join('\n')}`)
    process.exitCode = 1
  }
} else {
  writeFileSync(PAGE, page(rows))
}
