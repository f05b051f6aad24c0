import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, withBundle } from '../../../scripts/build-bundle.ts'
import { compareWithBudget } from '../../../scripts/bundle-budget.ts'

const repository = path.resolve(import.meta.dirname, '../../..')

/** The parts of Stripe's SDK that `StripeClient` promises. */
const STRIPE_PARTS = ['Charges', 'Checkout/Sessions', 'Coupons', 'Customers', 'PaymentIntents', 'Refunds']

/** Imports that `[alias]` of wrangler.toml leads elsewhere, and the packages that may write them. */
const PACKAGES: [pattern: RegExp, owner: string][] = [
  [/^\.\.\/locales\/index\.js$|^\.\/(?:compile|from-json-schema)\.js$/, 'node_modules/zod/'],
  [/^character-entities$/, 'node_modules/decode-named-character-reference/'],
  [/^\.\/resources(?:\/.+)?\.js$|^\.\/StripeEventNotificationHandler\.js$/, 'node_modules/stripe/'],
]

let bundle: Bundle

function aliases(): string[] {
  const toml = readFileSync(path.join(repository, 'wrangler.toml'), 'utf8')
  const section = /^\[alias\]$(?<lines>[\s\S]*?)^\[/m.exec(toml)?.groups?.['lines'] ?? ''
  return Array.from(section.matchAll(/^"?(?<key>[^#"=\s]+)"? = /gm), ({ groups }) => groups?.['key'] ?? '')
}

beforeAll(() => {
  bundle = withBundle((built) => built)
})

test('the Worker keeps its budgets of bytes, gzipped bytes and modules', () => {
  expect(compareWithBudget(bundle).filter(({ kept }) => !kept)).toEqual([])
})

describe('what the bundle leaves out', () => {
  test('every alias stands for modules of the one package that is meant', () => {
    const found = aliases().map((key) => {
      const owner = PACKAGES.find(([pattern]) => pattern.test(key))?.[1] ?? 'nobody'
      const importers = bundle.imports.get(key) ?? []
      return { key, used: importers.length > 0, strangers: importers.filter((file) => !file.startsWith(owner)) }
    })
    expect(found.length).toBeGreaterThan(30)
    expect(found.filter(({ used, strangers }) => !used || strangers.length > 0)).toEqual([])
  })

  test("every part of Stripe's SDK that the Worker's type of it has is there", () => {
    const missing = STRIPE_PARTS.filter((part) => !bundle.modules.has(`node_modules/stripe/esm/resources/${part}.js`))
    expect(missing).toEqual([])
  })

  test('nothing of what is left out has come back', () => {
    const leftOut = [
      /node_modules\/zod\/v4\/locales\/(?!en\.)/,
      /node_modules\/zod\/v4\/core\/compile\.js/,
      /node_modules\/zod\/v4\/classic\/from-json-schema\.js/,
      /node_modules\/character-entities\//,
      /node_modules\/stripe\/esm\/resources\/(?:Issuing|Treasury|V2|TestHelpers|Terminal|Billing)\//,
      /node_modules\/stripe\/esm\/StripeEventNotificationHandler\.js/,
    ]
    expect([...bundle.modules.keys()].filter((file) => leftOut.some((pattern) => pattern.test(file)))).toEqual([])
  })
})
