import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'

const ROOT = path.join(import.meta.dirname, '..')

/** Runs the project's own wrangler quietly; throws when it fails, after its errors were shown. */
export function wrangler(...args: string[]): void {
  const programs = path.join(ROOT, 'node_modules', '.bin')
  // That folder comes first, so that the pinned Node runs wrangler and its build command.
  const PATH = `${programs}${path.delimiter}${process.env.PATH ?? ''}`
  const env = { ...process.env, PATH }
  execFileSync(path.join(programs, 'wrangler'), args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
}

const metafileSchema = z.object({
  inputs: z.record(z.string(), z.object({ imports: z.array(z.object({ original: z.string().optional() })) })),
  outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) })),
})

/** The Worker as it would be deployed. */
export type Bundle = {
  /** A folder with `worker.bundle`, which is what would be uploaded. */
  folder: string
  code: string
  sourceMap: unknown
  rawBytes: number
  gzippedBytes: number
  /** The files of which the bundle contains something, by path in the repository, with the number of bytes. */
  modules: Map<string, number>
  /** Every import specifier, with the files that contain it. */
  imports: Map<string, string[]>
}

/** Builds the Worker; the folder is removed after `use`. */
export function withBundle<T>(use: (bundle: Bundle) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'))
  try {
    const metafile = path.join(folder, 'meta.json')
    const upload = path.join(folder, 'worker.bundle')
    wrangler('deploy', '--dry-run', '--outdir', folder, '--outfile', upload, '--metafile', metafile)
    const read = (name: string) => readFileSync(path.join(folder, name))
    const code = read('index.js')
    return use({
      folder,
      code: code.toString(),
      sourceMap: JSON.parse(read('index.js.map').toString()),
      rawBytes: code.byteLength,
      gzippedBytes: gzipSync(code).byteLength,
      ...contents(metafileSchema.parse(JSON.parse(readFileSync(metafile, 'utf8')))),
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function contents({ inputs, outputs }: z.infer<typeof metafileSchema>): Pick<Bundle, 'modules' | 'imports'> {
  const parts = Object.values(outputs).flatMap((output) => Object.entries(output.inputs))
  const modules = new Map(
    parts.filter(([, part]) => part.bytesInOutput > 0).map(([file, part]) => [file, part.bytesInOutput]),
  )
  const imports = new Map<string, string[]>()
  for (const [file, input] of Object.entries(inputs)) {
    for (const { original } of input.imports) {
      if (original !== undefined) imports.set(original, [...(imports.get(original) ?? []), file])
    }
  }
  return { modules, imports }
}
