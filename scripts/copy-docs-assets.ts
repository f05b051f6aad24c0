import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The docs page needs no CDN: its files come from the installed package and are not kept in the repository.
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'public', 'docs-assets')
mkdirSync(target, { recursive: true })
for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
  cpSync(join(root, 'node_modules', 'swagger-ui-dist', file), join(target, file))
}
