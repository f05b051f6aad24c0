import { SourceMap } from 'node:module'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { type Bundle, withBundle } from './build-bundle.ts'

// Prints what each package weighs in the Worker's bundle, in KiB. Each is gzipped by itself; since they share text, the
// sum is above the whole.

const OWN = 'Mercat itself'
const LIGHT = 'packages under 2 KiB'
const LIGHT_BYTES = 2 * 1_024

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

/** The bundle's text by package, each in the order of the bundle. */
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

withBundle((bundle) => {
  console.table(weigh(bundle))
})
