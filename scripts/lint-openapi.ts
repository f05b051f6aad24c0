import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import spectral from '@stoplight/spectral-core'
import rulesets from '@stoplight/spectral-rulesets'

// Holds openapi.json to Spectral's recommended rules: no error and no warning.

const linter = new spectral.Spectral()
// @ts-expect-error -- the types of Spectral's own packages do not agree with each other under strict settings
linter.setRuleset({ extends: [[rulesets.oas, 'recommended']] })
const findings = await linter.run(readFileSync(join(import.meta.dirname, '..', 'openapi.json'), 'utf8'))
for (const { code, path, message } of findings) console.error(`${code} at ${path.join('.')}: ${message}`)
if (findings.length > 0) process.exitCode = 1
