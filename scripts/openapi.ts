import { readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'

// Writes openapi.json from the application's own routes; `--check` fails when the file is not what they say.
// Modules of the Workers runtime do not exist in Node. Nothing that they do is needed to describe the routes.
const EMPTY_RUNTIME = 'data:text/javascript,export const connect = undefined; export const env = {}'
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier.startsWith('cloudflare:') ? { url: EMPTY_RUNTIME, shortCircuit: true } : nextResolve(specifier, context),
})

const { app } = await import('../src/app.ts')
const { openApiDocument } = await import('../src/http/openapi.ts')

const file = join(import.meta.dirname, '..', 'openapi.json')
const text = `${JSON.stringify(openApiDocument(app, 'https://api.example.com'), null, 2)}\n`

if (!process.argv.includes('--check')) {
  writeFileSync(file, text)
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('openapi.json is not up to date: run npm run openapi')
  process.exitCode = 1
}
