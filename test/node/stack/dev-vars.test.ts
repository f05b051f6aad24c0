import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  readExampleVars,
  readProjectVars,
  usesRealStripe,
  withLocalAddresses,
  writeVars,
} from '../../../dev/dev-vars.ts'

const EXAMPLE = `STRIPE_SECRET_KEY=sk_test_emulator
STRIPE_API_BASE=http://127.0.0.1:12111
PUBLIC_API_URL=http://127.0.0.1:8787
STOREFRONT_URL=http://127.0.0.1:8787/v1
EMAIL_TRANSPORT=cloudflare
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
  writeFileSync(path.join(folder, '.dev.vars.example'), EXAMPLE)
})
afterEach(() => rmSync(folder, { recursive: true }))

const read = (environment: Record<string, string> = {}) =>
  readProjectVars(folder, environment, { make: true, log: () => undefined })
const isReal = (environment: Record<string, string> = {}) => usesRealStripe(read(environment), readExampleVars(folder))

test('a missing .dev.vars is made from the example, and one that is there is left alone', () => {
  expect(read()).toEqual(readExampleVars(folder))
  writeFileSync(path.join(folder, '.dev.vars'), `${EXAMPLE}PUBLIC_API_URL=http://mine\n`)
  expect(read()).toEqual({ ...readExampleVars(folder), PUBLIC_API_URL: 'http://mine' })
})

test('when nothing is to be written, the example is read in place of a missing .dev.vars', () => {
  const said: string[] = []
  const vars = readProjectVars(folder, { RATE_LIMITS: 'off' }, { make: false, log: (line) => said.push(line) })
  expect(vars).toEqual({ ...readExampleVars(folder), RATE_LIMITS: 'off' })
  expect(readdirSync(folder)).toEqual(['.dev.vars.example'])
  expect(said).toEqual([])
})

test('what an older .dev.vars lacks comes from the example, and is said', () => {
  writeFileSync(path.join(folder, '.dev.vars'), EXAMPLE.replace(/EMAIL_TRANSPORT.*\n/, ''))
  const said: string[] = []
  expect(readProjectVars(folder, {}, { make: true, log: (line) => said.push(line) })).toEqual(readExampleVars(folder))
  expect(said.join()).toContain('EMAIL_TRANSPORT')
})

test('the environment wins for what it may set, and nothing else of it gets in', () => {
  expect(read({ RATE_LIMITS: 'off', DATABASE_URL: 'postgres://production', HOME: '/' })).toEqual({
    ...readExampleVars(folder),
    RATE_LIMITS: 'off',
  })
})

test('Stripe itself is used with a key of its own and no other address', () => {
  expect(isReal()).toBe(false)
  expect(isReal({ STRIPE_SECRET_KEY: 'sk_test_mine' })).toBe(true)
  expect(isReal({ STRIPE_SECRET_KEY: 'sk_test_mine', STRIPE_API_BASE: 'http://127.0.0.1:12111' })).toBe(false)
  expect(isReal({ STRIPE_SECRET_KEY: 'sk_test_emulator' })).toBe(false)
  writeFileSync(path.join(folder, '.dev.vars'), 'STRIPE_SECRET_KEY=sk_test_mine\n')
  expect(isReal()).toBe(true)
})

test('addresses of the stack replace those of the file, and what points at the API moves along', () => {
  const vars = withLocalAddresses(readExampleVars(folder), {
    api: 'http://127.0.0.1:9000',
    databaseUrl: 'postgresql://local',
    neon: 'http://127.0.0.1:9001',
    smtpPort: 9002,
    turnstile: 'http://127.0.0.1:9004',
    pwned: 'http://127.0.0.1:7/range',
    stripe: { url: 'http://127.0.0.1:9003', webhookSecret: 'whsec_x' },
  })
  expect(vars).toMatchObject({
    PUBLIC_API_URL: 'http://127.0.0.1:9000',
    STOREFRONT_URL: 'http://127.0.0.1:9000/v1',
    DATABASE_URL: 'postgresql://local',
    NEON_FETCH_ENDPOINT: 'http://127.0.0.1:9001/sql',
    STRIPE_API_BASE: 'http://127.0.0.1:9003',
    STRIPE_WEBHOOK_SECRET: 'whsec_x',
    EMAIL_TRANSPORT: 'smtp',
    SMTP_PORT: '9002',
    TURNSTILE_API_BASE: 'http://127.0.0.1:9004',
  })
})

test('variables are written so that they read back, for their owner only', () => {
  const vars = { A: 'plain', B: "it's", C: 'a "quoted" # word', D: '' }
  const file = path.join(folder, 'vars.env')
  writeVars(file, vars)
  expect({ ...parseEnv(readFileSync(file, 'utf8')) }).toEqual(vars)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(() => writeVars(file, { E: '\'"`' })).toThrow('E contains')
})
