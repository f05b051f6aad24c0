import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestHarness, unstable_readConfig as readConfig } from 'wrangler'
import { readExampleVars } from '../../../dev/dev-vars.ts'

const PROJECT = path.resolve(import.meta.dirname, '../../..')

/** Variables that no shop can do without. */
const REQUIRED = [
  'CHECKOUT_MINUTES',
  'CURRENCY',
  'DATABASE_URL',
  'EMAIL_TRANSPORT',
  'INITIAL_ORDER_STATUS',
  'OPERATOR_EMAIL',
  'PUBLIC_API_URL',
  'SESSION_KEYS',
  'SHIPPING_COUNTRIES',
  'SIGNING_SECRET',
  'STOREFRONT_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
]

/** Wrong in a way that somebody could get wrong, and recognisable wherever it turns up. */
const MALFORMED: Record<string, string> = {
  AUTOMATIC_TAX: 'leaked-yes',
  CHECKOUT_MINUTES: 'leaked-hour',
  CURRENCY: 'leaked-euro',
  DATABASE_URL: 'mysql://leaked:leaked@db.example/shop',
  EMAIL_TRANSPORT: 'leaked-pigeon',
  NEON_FETCH_ENDPOINT: 'leaked endpoint',
  OPERATOR_EMAIL: 'leaked-address',
  PUBLIC_API_URL: 'ftp://leaked.example',
  RATE_LIMITS: 'leaked',
  SESSION_KEYS: 'leaked',
  SHIPPING_COUNTRIES: 'leaked,Leaked',
  SIGNING_SECRET: 'leaked-and-too-short',
  SMTP_PORT: 'leaked-port',
  STOREFRONT_URL: 'leaked.example',
  STRIPE_SECRET_KEY: 'pk_live_leaked',
  STRIPE_WEBHOOK_SECRET: 'leaked-secret',
}

type Vars = Record<string, string>

/** The project with its own build, but without variables: neither its wrangler.toml nor a .dev.vars brings any. */
const folder = makeBareProject()
const configured: Vars = {
  ...(readConfig({ config: path.join(PROJECT, 'wrangler.toml') }).vars as Vars),
  ...readExampleVars(PROJECT),
}
const optionsWith = (vars: Vars) => ({ root: folder, workers: [{ configPath: 'wrangler.toml', vars }] })
const server = createTestHarness(optionsWith(configured))
await server.listen()

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

function makeBareProject(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'bare-project-'))
  const own = new Set(['wrangler.toml', '.dev.vars', '.wrangler', '.git', '.mercat'])
  for (const name of readdirSync(PROJECT)) {
    if (!own.has(name)) symlinkSync(path.join(PROJECT, name), path.join(made, name))
  }
  const config = readFileSync(path.join(PROJECT, 'wrangler.toml'), 'utf8')
  writeFileSync(path.join(made, 'wrangler.toml'), config.replace(/^\[vars\]\n(?:.+\n)*/m, ''))
  return made
}

/** Answers the problem that every handler of the Worker gives with these variables, and what it wrote to its log. */
async function run(vars: Vars): Promise<{ names: string[]; shown: string }> {
  await server.update(optionsWith(vars))
  server.clearLogs()
  const answers = await Promise.all(
    ['/healthz', '/v1/products', '/openapi.json'].map(async (target) => {
      const answer = await server.fetch(target)
      return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
    }),
  )
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 500, type: 'application/problem+json' })
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'misconfigured', type: 'urn:mercat:problem:misconfigured' })
  }
  const { errors }: { errors: { field: string }[] } = JSON.parse(answers[0]?.text ?? '')
  const shown = [...answers.map(({ text }) => text), ...server.getLogs().map(({ message }) => message)].join('\n')
  return { names: errors.map(({ field }) => field).toSorted(), shown }
}

test('with the variables of the example the Worker runs', async () => {
  await server.update(optionsWith(configured))
  expect((await server.fetch('/healthz')).status).toBe(200)
})

test('without any variables the first request names all that are required', async () => {
  const { names, shown } = await run({})
  expect(names).toEqual(REQUIRED)
  for (const name of REQUIRED) expect(shown).toContain(name)
})

describe('a missing variable is named', () => {
  test.each(['DATABASE_URL', 'SIGNING_SECRET', 'CURRENCY', 'SMTP_HOST', 'SMTP_PORT'])('%s', async (name) => {
    const { [name]: left, ...others } = configured
    expect(left).toBeDefined()
    const { names, shown } = await run(others)
    expect(names).toEqual([name])
    // Others must not be shown either.
    for (const secret of ['SIGNING_SECRET', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'DATABASE_URL']) {
      expect(shown).not.toContain(configured[secret])
    }
  })
})

describe('a malformed variable is named and its value is kept from answer and log', () => {
  test.each(['DATABASE_URL', 'SIGNING_SECRET', 'STRIPE_SECRET_KEY'])('%s', async (name) => {
    const { names, shown } = await run({ ...configured, [name]: MALFORMED[name] ?? '' })
    expect(names).toEqual([name])
    expect(shown.toLowerCase()).not.toContain('leaked')
  })

  test('and so are all others, together', async () => {
    const { names, shown } = await run({ ...configured, ...MALFORMED })
    expect([...new Set(names)]).toEqual(Object.keys(MALFORMED).toSorted())
    expect(shown.toLowerCase()).not.toContain('leaked')
  })
})

test('over HTTPS no secret of the example is accepted, whatever else is right', async () => {
  const { names } = await run({ ...configured, PUBLIC_API_URL: 'https://api.shop.example' })
  const secrets = Object.keys(readExampleVars(PROJECT)).filter((name) => /SECRET|KEY/.test(name))
  expect(secrets.length).toBeGreaterThan(3)
  expect(names).toEqual(secrets.toSorted())
})

test('cron stops as well', async () => {
  const { DATABASE_URL: _, ...others } = configured
  await server.update(optionsWith(others))
  expect(await server.getWorker().scheduled({ cron: '* * * * *' })).toMatchObject({ outcome: 'exception' })
})
