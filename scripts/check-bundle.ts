import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

// A Worker must start within a second wherever it is asked for first, and the less there is to read the sooner it does.
const LIMIT_KIB = 300

const root = path.join(import.meta.dirname, '..')
const folder = mkdtempSync(path.join(tmpdir(), 'check-bundle-'))
try {
  const wrangler = path.join(root, 'node_modules', '.bin', 'wrangler')
  execFileSync(wrangler, ['deploy', '--dry-run', '--outdir', folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const modules = readdirSync(folder).filter((name) => /\.(?:m?js|wasm)$/.test(name))
  const bytes = modules.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(folder, name))).byteLength, 0)
  const kib = bytes / 1_024
  console.log(`The Worker has ${kib.toFixed(1)} KiB gzipped; ${LIMIT_KIB} KiB are allowed.`)
  if (bytes === 0 || kib > LIMIT_KIB) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
