import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

// The docs page needs no CDN: its files come from the installed package and are not kept in the repository.
const root = join(import.meta.dirname, '..')
const target = join(root, 'public', 'docs-assets')
mkdirSync(target, { recursive: true })
for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']) {
  cpSync(join(root, 'node_modules', 'swagger-ui-dist', file), join(target, file))
}
