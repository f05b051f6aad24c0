import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiDocument, apiTypes } from './api-types/generate.ts'

// Prints the types of the API, made from openapi.json: `npm run -s generate:api-types > api.d.ts`.

const document: ApiDocument = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'openapi.json'), 'utf8'))
process.stdout.write(apiTypes(document))
