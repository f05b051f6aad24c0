import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ICruiseResult, cruise } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import config, { FEATURES } from '../../../.dependency-cruiser.mjs'

const repository = path.resolve(import.meta.dirname, '../../..')

/** A file and an import in it, by the name of the rule that must refuse it. */
const PLANTED: [rule: string, file: string, statement: string][] = [
  ['no-cycles', 'src/shared/a.ts', "import { b } from './b.ts'"],
  ['resolvable', 'src/shared/lost.ts', "import { x } from './nowhere.ts'"],
  ['worker-is-self-contained', 'src/db/seeded.ts', "import { x } from '../../dev/stack.ts'"],
  ['worker-is-self-contained', 'src/db/typed.ts', "import type { x } from '../../test/support.ts'"],
  ['worker-uses-runtime-packages', 'src/db/pool.ts', "import { Pool } from 'pg'"],
  ['local-stack-is-independent', 'dev/spy.ts', "import { x } from '../src/shared/value.ts'"],
  ['hono-in-adapters-only', 'src/features/cart/add.ts', "import type { Context } from 'hono'"],
  ['hono-in-adapters-only', 'src/context.ts', "import { getCookie } from 'hono/cookie'"],
  ['drizzle-in-db-and-queries-only', 'src/features/cart/change.ts', "import { eq } from 'drizzle-orm'"],
  ['drizzle-in-db-and-queries-only', 'src/payments/stripe/cache.ts', "import { neon } from '@neondatabase/serverless'"],
  ['nothing-calls-upward-to-entry-points', 'src/http/self.ts', "import { x } from '../queue.ts'"],
  ['nothing-calls-upward-to-entry-points', 'src/http/docs.ts', "import { x } from '../surfaces/shop.ts'"],
  ['shoppers-session-is-the-shops', 'src/surfaces/operators.ts', "import { x } from '../http/session.ts'"],
  ['features-do-not-know-adapters', 'src/features/orders/get.ts', "import { x } from '../../http/problem.ts'"],
  [
    'routes-and-jobs-are-called-by-entry-points',
    'src/features/orders/place.ts',
    "import { x } from '../email/jobs.ts'",
  ],
  ['routes-do-not-query', 'src/features/cart/routes.ts', "import { x } from './queries.ts'"],
  ['queries-do-not-decide', 'src/features/orders/queries.ts', "import { x } from '../../http/member.ts'"],
  ['rules-are-pure', 'src/features/cart/rules.ts', "import { x } from '../../context.ts'"],
  ['rules-are-pure', 'src/features/email/rules.ts', "import { z } from 'zod'"],
  ['low-layers-stay-low', 'src/db/high.ts', "import { x } from '../features/cart/add.ts'"],
  ['events-know-no-feature', 'src/events/told.ts', "import { x } from '../features/orders/place.ts'"],
  ['stripe-in-payments-only', 'src/features/orders/refund.ts', "import type Stripe from 'stripe'"],
  ['stripe-in-payments-only', 'src/payments/refund.ts', "import type Stripe from 'stripe'"],
  [
    'payments-by-context-only',
    'src/features/orders/list-refunds.ts',
    "import { x } from '../../payments/stripe/refunds.ts'",
  ],
  ['payments-by-context-only', 'src/payments/dispute.ts', "import type { x } from './stripe/disputes.ts'"],
  ['payments-know-no-shop', 'src/payments/stripe/shop.ts', "import type { x } from '../../context.ts'"],
  ['payments-know-no-shop', 'src/payments/event.ts', "import type { x } from '../db/webhook-events.ts'"],
  ['shared-is-values', 'src/shared/connected.ts', "import type { x } from '../db/client.ts'"],
  ['http-knows-no-feature', 'src/http/member.ts', "import { x } from '../features/account/get.ts'"],
  ['feature-is-listed', 'src/surfaces/webhooks.ts', "import { x } from '../features/gift-cards/routes.ts'"],
  ['feature-order-1', 'src/features/catalog/list.ts', "import { x } from '../shop/get.ts'"],
  ['feature-order-2', 'src/features/email/send.ts', "import { x } from '../orders/get.ts'"],
  ['feature-order-3', 'src/features/orders/queries/price.ts', "import type { x } from '../../checkout/start.ts'"],
  ['feature-order-4', 'src/features/passwords/reset.ts', "import { x } from '../sign-in/enter.ts'"],
  ['feature-order-5', 'src/features/checkout/start.ts', "import { x } from '../stripe-webhook/handle.ts'"],
  ['feature-order-6', 'src/features/stripe-webhook/handle.ts', "import { x } from '../privacy/erase.ts'"],
  ['feature-order-7', 'src/features/pages/routes.ts', "import { x } from '../gift-cards/give.ts'"],
]

const ALLOWED: [file: string, statement: string][] = [
  ['src/features/orders/queries/write.ts', "import { eq } from 'drizzle-orm'"],
  ['src/features/checkout/end.ts', "import { x } from '../cart/rules-of-money.ts'"],
  ['src/features/checkout/queries/cart.ts', "import { x } from './terms.ts'"],
  ['src/surfaces/shop.ts', "import { x } from '../features/cart/routes.ts'"],
  ['src/surfaces/dispatch.ts', "import { x } from './webhooks.ts'"],
  ['src/features/email/routes.ts', "import { x } from '../../http/router.ts'"],
  ['src/payments/stripe/customers.ts', "import type Stripe from 'stripe'"],
  ['src/features/orders/queries/refunds.ts', "import type { x } from '../../../payments/customer.ts'"],
  ['src/features/checkout/own-session.ts', "import { x } from '../../payments/errors.ts'"],
]

let folder: string
let violations: { rule: string; from: string }[]

function plant(file: string, text: string): void {
  const target = path.join(folder, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, `${text}\nexport const x = 1\n`)
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'import-rules-'))
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'))
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({
      dependencies: { hono: '*', stripe: '*', zod: '*', 'drizzle-orm': '*', '@neondatabase/serverless': '*' },
      devDependencies: { pg: '*' },
    }),
  )
  const all: [file: string, statement: string][] = [
    ...PLANTED.map(([, file, text]): [string, string] => [file, text]),
    ...ALLOWED,
  ]
  // What is imported must be there, or only `resolvable` would fire.
  for (const [file, statement] of all) {
    const wanted = /'(\.[^']+)'/.exec(statement)?.[1]
    if (wanted !== undefined && !wanted.includes('nowhere')) plant(path.join(path.dirname(file), wanted), '')
  }
  for (const [file, statement] of all) plant(file, statement)
  plant('src/shared/b.ts', "import { x } from './a.ts'")
  const { output } = await cruise(['src', 'dev', 'test'], {
    ...config.options,
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  })
  violations = (output as ICruiseResult).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an import rule', () => {
  test.each(PLANTED)('%s refuses in %s: %s', (rule, from) => {
    expect(violations).toContainEqual({ rule, from })
  })

  test.each(ALLOWED)('lets pass in %s: %s', (from) => {
    expect(violations.filter((violation) => violation.from === from)).toEqual([])
  })

  test('names every feature', () => {
    expect(FEATURES.toSorted()).toEqual(readdirSync(path.join(repository, 'src/features')).toSorted())
  })

  test('is planted here for every rule that there is', () => {
    expect(new Set(PLANTED.map(([rule]) => rule))).toEqual(new Set(config.forbidden.map(({ name }) => name)))
  })
})
