import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeForm, type FormValue } from '../../../dev/stripe/api/form.ts'
import { API_KEY, errorOf, type Harness, sessionParams, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

type Raw = { status: number; headers: Headers; error: Record<string, unknown> }

async function raw(
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: string } = {},
): Promise<Raw> {
  const response = await fetch(harness.emulator.url + path, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, ...init.headers },
    ...(init.body === undefined ? {} : { body: init.body }),
  })
  const body: { error?: Record<string, unknown> } = JSON.parse(await response.text())
  return { status: response.status, headers: response.headers, error: body.error ?? {} }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (path: string, body: string) => raw('POST', path, { headers: FORM, body })

describe('keys and headers', () => {
  test.each([
    ['no key', ''],
    ['an unknown scheme', 'Digest abc'],
    ['a key of another kind', 'Bearer nonsense'],
    ['a live key', 'Bearer sk_live_123'],
    ['a publishable key', 'Bearer pk_test_123'],
  ])('%s is answered with 401 in the form of a Stripe error', async (_, authorization) => {
    const { status, error, headers } = await raw('GET', '/v1/events', { headers: { authorization } })
    expect(status).toBe(401)
    expect(error['type']).toBe('invalid_request_error')
    expect(error['message']).toBeTypeOf('string')
    expect(headers.get('www-authenticate')).toContain('Basic')
  })

  test('the key may also be the user of Basic authentication', async () => {
    const authorization = `Basic ${Buffer.from(`${API_KEY}:`).toString('base64')}`
    expect((await raw('GET', '/v1/events', { headers: { authorization } })).status).toBe(200)
  })

  test('answers carry a request id, the API version and the idempotency key', async () => {
    const { headers } = await raw('POST', '/v1/customers', { headers: { 'idempotency-key': 'abc' } })
    expect(headers.get('request-id')).toMatch(/^req_\w+$/)
    expect(headers.get('stripe-version')).toBe('2026-10-28.endive')
    expect(headers.get('idempotency-key')).toBe('abc')
  })

  test('a version that the emulator does not speak is refused', async () => {
    const { status, error } = await raw('GET', '/v1/events', { headers: { 'stripe-version': '2020-08-27' } })
    expect(status).toBe(400)
    expect(error['message']).toContain('Invalid Stripe API version')
  })
})

describe('what does not exist', () => {
  test.each([
    ['GET', '/v1/unicorns'],
    ['DELETE', '/v1/checkout/sessions'],
    ['POST', '/v1/checkout/sessions/'],
    ['GET', '/v2/core/events'],
  ])('%s %s is an unrecognized request URL', async (method, path) => {
    const { status, error } = await raw(method, path)
    expect(status).toBe(404)
    expect(error['message']).toContain(`Unrecognized request URL (${method}: ${path})`)
  })

  test('an unknown id is 404 resource_missing', async () => {
    const error = await errorOf(harness.stripe.checkout.sessions.retrieve('cs_test_nope'))
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' })
    expect(error.message).toBe("No such checkout.session: 'cs_test_nope'")
  })
})

describe('parameters', () => {
  const session = '/v1/checkout/sessions'
  const valid =
    'mode=payment&success_url=https%3A%2F%2Fa.example&line_items[0][quantity]=1' +
    '&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=999' +
    '&line_items[0][price_data][product_data][name]=Mug'

  test.each([
    ['an unknown one', '&colour=red', 'parameter_unknown', 'colour'],
    [
      'an unknown nested one',
      '&line_items[0][price_data][tint]=x',
      'parameter_unknown',
      'line_items[0][price_data][tint]',
    ],
    ['one that this version dropped', '&payment_method_types[]=card', 'parameter_unknown', 'payment_method_types'],
    ['an empty string', '&cancel_url=', 'parameter_invalid_empty', 'cancel_url'],
    ['a number that is none', '&expires_at=soon', 'parameter_invalid_integer', 'expires_at'],
    ['a bad address', '&cancel_url=cart', 'url_invalid', 'cancel_url'],
    ['a bad email', '&customer_email=x', 'email_invalid', 'customer_email'],
    ['a boolean that is none', '&automatic_tax[enabled]=maybe', undefined, 'automatic_tax[enabled]'],
    ['a value out of the list', '&submit_type=beg', undefined, 'submit_type'],
    ['a string for an object', '&automatic_tax=yes', undefined, 'automatic_tax'],
    ['a string for a list', '&discounts=yes', undefined, 'discounts'],
    ['too many discounts', '&discounts[0][coupon]=a&discounts[1][coupon]=b', undefined, 'discounts'],
    [
      'what Stripe knows and the emulator does not',
      '&after_expiration[recovery][enabled]=true',
      undefined,
      'after_expiration',
    ],
  ])('%s is refused by name', async (_, extra, code, param) => {
    const { status, error } = await post(session, valid + extra)
    expect(status).toBe(400)
    expect(error['type']).toBe('invalid_request_error')
    expect(error['code']).toBe(code)
    expect(error['param']).toBe(param)
  })

  test.each([
    ['success_url', valid.replace('success_url', 'cancel_url'), 'success_url'],
    ['mode', valid.replace('mode=payment&', ''), 'mode'],
    ['line_items', 'mode=payment&success_url=https%3A%2F%2Fa.example', 'line_items'],
    [
      'unit_amount',
      valid.replace(/&line_items\[0]\[price_data]\[unit_amount]=999/, ''),
      'line_items[0][price_data][unit_amount]',
    ],
    [
      'currency',
      valid.replace(/&line_items\[0]\[price_data]\[currency]=usd/, ''),
      'line_items[0][price_data][currency]',
    ],
  ])('%s must be there', async (_, body, param) => {
    const { status, error } = await post(session, body)
    expect({ status, code: error['code'], param: error['param'] }).toEqual({
      status: 400,
      code: 'parameter_missing',
      param,
    })
  })

  test('the same body without a flaw is accepted', async () => {
    expect((await post(session, valid)).status).toBe(200)
  })

  test('a JSON body is refused', async () => {
    const headers = { 'content-type': 'application/json' }
    const { status, error } = await raw('POST', session, { headers, body: '{"mode":"payment"}' })
    expect(status).toBe(400)
    expect(error['message']).toContain('application/x-www-form-urlencoded')
  })

  test('`expand[]` and `expand[0]` mean the same', async () => {
    expect((await post(session, `${valid}&expand[]=line_items`)).status).toBe(200)
    expect((await post(session, `${valid}&expand[0]=line_items`)).status).toBe(200)
  })

  test('metadata beyond its limits is refused', async () => {
    const { stripe } = harness
    const tooLong = await errorOf(stripe.customers.create({ metadata: { note: 'x'.repeat(501) } }))
    expect(tooLong.param).toBe('metadata')
    const key = await errorOf(stripe.customers.create({ metadata: { ['k'.repeat(41)]: 'x' } }))
    expect(key.param).toBe('metadata')
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'x']))
    expect((await errorOf(stripe.customers.create({ metadata: many }))).param).toBe('metadata')
  })

  test('metadata keys that look like list indices stay keys', async () => {
    const customer = await harness.stripe.customers.create({ metadata: { 0: 'zero', 1: 'one' } })
    expect(customer.metadata).toEqual({ 0: 'zero', 1: 'one' })
  })

  test('a list is no metadata', async () => {
    const { status, error } = await raw('POST', '/v1/customers', { headers: FORM, body: 'metadata[]=zero' })
    expect({ status, param: error['param'] }).toEqual({ status: 400, param: 'metadata' })
  })
})

describe('the log of requests', () => {
  test('shows each call with its parameters, key, status and time', async () => {
    await harness.control('DELETE', '/requests')
    await harness.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'checkout:1' })
    await errorOf(harness.stripe.customers.retrieve('cus_nope'))
    const { body } = await harness.control('GET', '/requests')
    expect(body).toMatchObject([
      {
        method: 'POST',
        path: '/v1/checkout/sessions',
        idempotency_key: 'checkout:1',
        status: 200,
        params: { mode: 'payment' },
      },
      { method: 'GET', path: '/v1/customers/cus_nope', idempotency_key: null, status: 404 },
    ])
  })
})

describe('form decoding', () => {
  const name = fc.stringMatching(/^[a-z_]{1,8}$/)
  const tree = fc.letrec<{ value: FormValue; object: Record<string, FormValue> }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.string(),
      fc.array(tie('value'), { minLength: 1, maxLength: 4 }),
      tie('object'),
    ),
    object: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  }))

  function encode(value: FormValue, prefix: string): [string, string][] {
    if (typeof value === 'string') return [[prefix, value]]
    const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
    return entries.flatMap(([key, child]) => encode(child, prefix === '' ? `${key}` : `${prefix}[${key}]`))
  }

  test('gives back whatever was encoded, however nested', () => {
    fc.assert(
      fc.property(tree.object, (object) => {
        expect(decodeForm(new URLSearchParams(encode(object, '')).toString())).toEqual(object)
      }),
    )
  })
})
