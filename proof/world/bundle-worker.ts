import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeScratchFolder, removeScratchFolder } from '../../dev/scratch-folder.ts'
import { wrangler } from '../../scripts/build-bundle.ts'

/** A Worker as one module, in the form that Miniflare takes. */
export type BundledWorker = { type: 'ESModule'; path: string; contents: string }

/** Builds a Worker exactly as a deploy would, from the `wrangler.toml` at `config` (this project's without it). */
export function bundleWorker(config?: string): BundledWorker {
  const folder = makeScratchFolder(tmpdir(), 'mercat-bench-')
  try {
    wrangler('deploy', '--dry-run', '--outdir', folder, ...(config === undefined ? [] : ['--config', config]))
    const name = config === undefined ? 'index.js' : 'worker.js'
    return { type: 'ESModule', path: name, contents: readFileSync(path.join(folder, name), 'utf8') }
  } finally {
    removeScratchFolder(folder)
  }
}
