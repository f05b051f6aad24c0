import { chmodSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const here = createRequire(import.meta.url)
const workerd = (): string => createRequire(here.resolve('miniflare')).resolve('workerd/bin/workerd')

/**
 * A program for `MINIFLARE_WORKERD_PATH`, made in `folder`: workerd with its log written to nowhere. Read by Miniflare,
 * every line would wake this process, which sends the requests and measures them.
 */
export function silentWorkerd(folder: string): string {
  const file = path.join(folder, 'workerd.sh')
  writeFileSync(file, `#!/bin/sh\nexec '${workerd()}' "$@" >/dev/null 2>/dev/null\n`)
  chmodSync(file, 0o755)
  return file
}
