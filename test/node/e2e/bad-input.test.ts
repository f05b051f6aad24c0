import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { signatureHeader } from '../../../dev/stripe/events/signature.ts'
import { hostileRequest, operationsOf } from './support/hostile-requests.ts'
import type { Document } from './support/hostile-requests.ts'
import { sendRaw } from './support/raw-request.ts'
import type { RawAnswer, RawRequest } from './support/raw-request.ts'
import { openShop } from './support/shop.ts'
import { Visitor } from './support/visitor.ts'

const REQUESTS = 2_700
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

const WEBHOOK_SECRET = 'whsec_of_the_hostile_test'
const shop = await openShop({ RATE_LIMITS: 'off', STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET })
const operations = operationsOf((await (await fetch(`${shop.urls.api}/openapi.json`)).json()) as Document)

/** The closed list of codes, as the program itself declares it. */
const codes = new Set(
  readFileSync(path.resolve(import.meta.dirname, '../../../src/shared/errors.ts'), 'utf8')
    .split('export type FieldError')[0]
    ?.match(/(?<=\| ')[a-z-]+(?=')/g),
)

/** Ids that exist, so that requests reach the statements behind the checks. */
const skuId = await shop.createSku({ onHand: 1_000_000 })
const methods = await shop.rows<{ id: string }>('SELECT id FROM shipping_methods')
const uuids = [skuId, ...methods.map(({ id }) => id), '01990000-0000-7000-8000-000000000000']

/** What an error must never show: parts of the program, of its statements, of the machine. */
const INTERNALS =
  /node_modules|\.ts:\d|\bat \w+ \(|postgres|drizzle|neon|select .* from |insert into |invalid input syntax/i

function assertProper({ status, headers, text }: RawAnswer, method: string): void {
  expect(status, text).toBeLessThan(500)
  expect(headers['x-request-id'], `${status} ${text}`).toMatch(/^[A-Za-z0-9._-]{8,128}$/)
  if (status < 400 || method === 'HEAD') return
  expect(headers['content-type']).toBe('application/problem+json')
  const problem = JSON.parse(text)
  expect(codes).toContain(problem.code)
  expect(problem).toMatchObject({
    type: `urn:mercat:problem:${problem.code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    request_id: headers['x-request-id'],
  })
  for (const error of problem.errors ?? []) {
    expect(error).toEqual({ field: expect.any(String), code: expect.any(String), message: expect.any(String) })
  }
  expect(text).not.toMatch(INTERNALS)
}

/** Checkouts that were answered; any other in the database would be half a one. */
const answered = new Set<string>()

/** Three callers take turns: nobody, somebody with an empty cart, somebody who could buy. */
const newcomer = await Visitor.arrive(shop.urls.api)
const shopper = await Visitor.arrive(shop.urls.api)
const callers = [{}, newcomer.credentials(), shopper.credentials(), shopper.credentials()]
let turn = 0

/** Whatever earlier requests made of it: an empty cart is refused before most of what a checkout does. */
async function fillCart(): Promise<void> {
  await shopper.expectOk('DELETE', '/v1/cart')
  await shopper.addToCart(skuId)
}

async function tryOut(request: RawRequest): Promise<void> {
  const credentials = callers[turn++ % callers.length]
  const answer = await sendRaw(shop.urls.api, { ...request, headers: { ...credentials, ...request.headers } })
  assertProper(answer, request.method)
  const checkoutId = answer.status === 201 || answer.status === 200 ? checkoutIdIn(answer.text) : undefined
  if (checkoutId !== undefined) answered.add(checkoutId)
}

const checkoutIdIn = (text: string): string | undefined => /"checkout_id":"([^"]+)"/.exec(text)?.[1]

const countRows = () =>
  shop.rows(`SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM order_payments) AS payments,
    (SELECT count(*) FROM webhook_events) AS events, (SELECT count(*) FROM email_outbox) AS emails,
    (SELECT count(*) FROM prospects) AS prospects`)

test('the document names operations and the program error codes to hold answers against', () => {
  expect(operations.length).toBeGreaterThan(15)
  expect(codes.size).toBeGreaterThan(40)
})

test.each(operations)(
  '$method $path answers hostile requests with a proper refusal',
  async (operation) => {
    console.log(`seed ${seed}: repeat with SEED=${seed}`)
    // An earlier request may have emptied it, and an empty cart is refused before most of what a checkout does.
    await shopper.addToCart(skuId)
    await fc.assert(fc.asyncProperty(hostileRequest(operation, uuids), tryOut), {
      seed,
      numRuns: Math.ceil(REQUESTS / operations.length),
    })
  },
  60_000,
)

test('addresses that nothing answers, in any method, are told so', async () => {
  const targets = [
    '/nothing',
    '/v2',
    '/v1/',
    '//',
    '/v1/cart/',
    '/V1/cart',
    '/v1/cart/items/x/y',
    '/v1/orders/',
    '/%00',
  ]
  const strangers = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'PURGE']
  for (const target of targets) {
    for (const method of strangers) {
      const answer = await sendRaw(shop.urls.api, { method, target, headers: {} })
      assertProper(answer, method)
      expect([204, 404, 405, 422], `${method} ${target}`).toContain(answer.status)
    }
  }
})

const SIGNED = {
  null: 'null',
  'a list': '[]',
  'an empty object': '{}',
  'an id that is a number': '{"id":1}',
  'no data': '{"id":"evt_1","type":"checkout.session.completed"}',
  'data that is null': '{"id":"evt_1","type":"checkout.session.completed","created":1,"data":null}',
  'an object that is null': '{"id":"evt_1","type":"checkout.session.completed","created":1,"data":{"object":null}}',
  'a time that is a text': '{"id":"evt_1","type":"x","created":"x","data":{"object":{"id":"cs_1"}}}',
  'a time beyond all calendars': '{"id":"evt_1","type":"x","created":1e300,"data":{"object":{"id":"cs_1"}}}',
  'NUL in its id': '{"id":"evt_\\u0000","type":"x","created":1,"data":{"object":{"id":"cs_1"}}}',
  'a very long type': `{"id":"evt_1","type":"${'x'.repeat(100_000)}","created":1,"data":{"object":{"id":"cs_1"}}}`,
}

test.each(Object.entries(SIGNED))('a body signed by Stripe that is no event is refused: %s', async (_, payload) => {
  const answer = await sendRaw(shop.urls.api, {
    method: 'POST',
    target: '/v1/webhooks/stripe',
    headers: { 'stripe-signature': signatureHeader(payload, WEBHOOK_SECRET, Math.floor(Date.now() / 1_000)) },
    body: new TextEncoder().encode(payload),
  })
  expect(answer.text).not.toContain('invalid-signature')
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400)
  assertProper(answer, 'POST')
})

test('after all that a purchase can be started, and nothing was written but the checkouts that were answered', async () => {
  await fillCart()
  answered.add((await shopper.checkOut()).checkout_id)
  const checkouts = await shop.rows<{ id: string; items: number }>(
    'SELECT c.id, (SELECT count(*)::int FROM checkout_items i WHERE i.checkout_id = c.id) AS items FROM checkouts c',
  )
  expect(new Set(checkouts.map(({ id }) => id))).toEqual(answered)
  expect(checkouts.filter(({ items }) => items === 0)).toEqual([])
  expect(await countRows()).toEqual([{ orders: '0', payments: '0', events: '0', emails: '0', prospects: '0' }])
  expect((await fetch(`${shop.urls.api}/readyz`)).status).toBe(200)
  await shop.assertInvariants()
})
