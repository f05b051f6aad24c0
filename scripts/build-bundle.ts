import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

const ROOT = path.join(import.meta.dirname, '..')

/** A Worker must start within a second wherever it is asked for first, and the less there is to read the sooner it does. */
const LIMIT_KIB = 300

/** Runs the project's own wrangler quietly; throws when it fails, after its errors were shown. */
export function wrangler(...args: string[]): void {
  const programs = path.join(ROOT, 'node_modules', '.bin')
  // That folder comes first, so that the pinned Node runs wrangler and its build command.
  const PATH = `${programs}${path.delimiter}${process.env.PATH ?? ''}`
  const env = { ...process.env, PATH }
  execFileSync(path.join(programs, 'wrangler'), args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/**
 * Builds the Worker as it would be deployed and prints its size; above the limit the exit code becomes 1. `use` is given
 * a folder with the modules and, as `worker.bundle`, with what would be uploaded; the folder is removed after it.
 */
export function withBundle(use: (folder: string) => void = () => undefined): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'))
  try {
    wrangler('deploy', '--dry-run', '--outdir', folder, '--outfile', path.join(folder, 'worker.bundle'))
    const modules = readdirSync(folder).filter((name) => /\.(?:m?js|wasm)$/.test(name))
    const contents = modules.map((name) => readFileSync(path.join(folder, name)))
    const raw = contents.reduce((sum, content) => sum + content.byteLength, 0) / 1_024
    const gzipped = contents.reduce((sum, content) => sum + gzipSync(content).byteLength, 0) / 1_024
    console.log(
      `The Worker has ${gzipped.toFixed(1)} KiB gzipped (${raw.toFixed(1)} KiB raw); ${LIMIT_KIB} KiB gzipped are allowed.`,
    )
    if (raw === 0 || gzipped > LIMIT_KIB) process.exitCode = 1
    use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
