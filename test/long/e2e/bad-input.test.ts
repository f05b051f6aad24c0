import { expect, test } from 'vitest'
import { signatureHeader } from '../../../dev/stripe/events/signature.ts'
import { createAnswerSchemas } from '../../../proof/fuzz/answer-schemas.ts'
import { checkAnswer, readCodes } from '../../../proof/fuzz/check-answer.ts'
import { readDocument } from '../../../proof/fuzz/document.ts'
import { sendRaw } from '../../../proof/fuzz/raw-request.ts'
import type { RawRequest } from '../../../proof/fuzz/raw-request.ts'
import { openShop } from './support/shop.ts'
import { Browser } from '../../../dev/browser.ts'

const WEBHOOK_SECRET = 'whsec_of_the_hostile_test'
const shop = await openShop({ RATE_LIMITS: 'off', STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET })
const document = readDocument()
const checks = { schemas: createAnswerSchemas(document), codes: readCodes(document) }

/** Sends it and expects an answer without a fault, whatever it says. */
async function send(request: RawRequest) {
  const answer = await sendRaw(shop.urls.api, request)
  expect(checkAnswer(checks, undefined, request, answer), answer.text).toEqual([])
  return answer
}

const countRows = () =>
  shop.rows(`SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM order_payments) AS payments,
    (SELECT count(*) FROM webhook_events) AS events, (SELECT count(*) FROM email_outbox) AS emails,
    (SELECT count(*) FROM prospects) AS prospects`)

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
      const { status } = await send({ method, target, headers: {} })
      expect([204, 404, 405, 422], `${method} ${target}`).toContain(status)
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
  const answer = await send({
    method: 'POST',
    target: '/v1/webhooks/stripe',
    headers: { 'stripe-signature': signatureHeader(payload, WEBHOOK_SECRET, Math.floor(Date.now() / 1_000)) },
    body: new TextEncoder().encode(payload),
  })
  expect(answer.text).not.toContain('invalid-signature')
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400)
})

test('after all that a purchase can be started, and nothing was written but its checkout', async () => {
  const shopper = await Browser.arrive(shop.urls.api)
  await shopper.addToCart(await shop.createSku())
  const { checkout_id } = await shopper.checkOut()
  expect(await shop.rows('SELECT id FROM checkouts')).toEqual([{ id: checkout_id }])
  expect(await countRows()).toEqual([{ orders: '0', payments: '0', events: '0', emails: '0', prospects: '0' }])
  expect((await fetch(`${shop.urls.api}/readyz`)).status).toBe(200)
  await shop.assertInvariants()
})
