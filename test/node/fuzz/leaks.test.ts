import { describe, expect, test } from 'vitest'
import { PASSWORD_MARK, PLANTED_CARD, PLANTED_EMAIL_HOST } from '../../../proof/fuzz/hostile-values.ts'
import { scanLine } from '../../../proof/fuzz/log-scan.ts'
import { markOf, Ownership } from '../../../proof/fuzz/ownership.ts'

const [ann, bob] = [markOf(1), markOf(2)]
const ID = '01990000-0000-7000-8000-00000000000a'
const SHOWN = '01990000-0000-7000-8000-00000000000b'

const answer = (text: string, status = 200, headers = {}) => ({
  status,
  text,
  headers: { 'x-request-id': 'r', ...headers },
})

describe('what is another’s', () => {
  test.each([
    ['an id', ID],
    ['an order', 'ORD-7K2M9QX4TB'],
    ['a payment page', 'cs_test_a1b2c3d4e5'],
    ['a Stripe customer', 'cus_a1b2c3d4e5'],
  ])('is found in an answer to somebody else: %s', (_, value) => {
    const ownership = new Ownership([SHOWN])
    expect(ownership.check(ann, '', answer(`{"id":"${value}"}`))).toEqual([])
    expect(ownership.check(ann, '', answer(`{"id":"${value}"}`))).toEqual([])
    expect(ownership.check(bob, '', answer(`{"id":"${value}"}`))).toHaveLength(1)
    expect(ownership.check(bob, '', answer(`{"code":"x","detail":"${value}"}`, 404))).toHaveLength(1)
  })

  test('is found by the marks that everybody’s texts carry, in cookies and redirections too', () => {
    const ownership = new Ownership([])
    ownership.claim(ann, ann)
    expect(ownership.check(bob, '', answer(`{"name":"${ann} Lee"}`))).toHaveLength(1)
    expect(ownership.check(bob, '', answer('', 302, { location: `/x?${ann}` }))).toHaveLength(1)
    expect(ownership.check(bob, '', answer('', 204, { 'set-cookie': [`a=${ann}`] }))).toHaveLength(1)
  })

  test('does not count when the request named it, when the shop shows it to all, or when it is the request’s own id', () => {
    const ownership = new Ownership([SHOWN])
    ownership.check(ann, '', answer(`{"id":"${ID}","sku":"${SHOWN}"}`))
    expect(ownership.check(bob, `/v1/orders/${ID}`, answer(`no ${ID}`, 404))).toEqual([])
    expect(ownership.check(bob, '', answer(`{"sku":"${SHOWN}"}`))).toEqual([])
    expect(ownership.check(bob, '', answer(`{"request_id":"${ID}"}`, 404, { 'x-request-id': ID }))).toEqual([])
  })

  test('a request that names somebody’s id does not make it its own', () => {
    const ownership = new Ownership([])
    expect(ownership.check(bob, ID, answer(`{"id":"${ID}"}`))).toEqual([])
    expect(ownership.check(ann, '', answer(`{"id":"${ID}"}`))).toEqual([])
    expect(ownership.check(bob, '', answer(`{"id":"${ID}"}`))).toHaveLength(1)
  })

  test('a secret in a refusal is found, even one’s own', () => {
    const ownership = new Ownership([])
    ownership.keepSecret(ann, 'Zm9vYmFyYmF6cXV4')
    expect(ownership.check(ann, '', answer('{"detail":"not Zm9vYmFyYmF6cXV4"}', 422))).toHaveLength(1)
    expect(ownership.check(ann, '', answer('{"token":"Zm9vYmFyYmF6cXV4"}'))).toEqual([])
  })
})

describe('a line of log', () => {
  const ownership = new Ownership([])
  ownership.keepSecret(ann, 'Zm9vYmFyYmF6cXV4')
  const line = (level: string, what: string) => `{"level":"${level}","event":"x","what":${JSON.stringify(what)}}`

  test.each([
    ['a password', `${PASSWORD_MARK}-123`],
    ['a card number', `paid with ${PLANTED_CARD}`],
    ['a card number without spaces', PLANTED_CARD.replaceAll(' ', '')],
    ['an address', `to ann@${PLANTED_EMAIL_HOST}`],
    ['an encoded address', `/v1/x/ann%40${PLANTED_EMAIL_HOST}`],
    ['an access token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'],
    ['a token', 'with Zm9vYmFyYmF6cXV4 in it'],
  ])('with %s is found', (_, what) => expect(scanLine(line('info', what), ownership)).toHaveLength(1))

  test('that is an error, or the runtime’s own, is found', () => {
    expect(scanLine(line('error', 'x'), ownership)).toHaveLength(1)
    expect(scanLine('{"level":"warn","event":"refused-by-the-database"}', ownership)).toHaveLength(1)
    expect(scanLine('workerd/server.c++:1: error: Uncaught exception', ownership)).toHaveLength(1)
  })

  test('with a masked address and nothing else is fine', () =>
    expect(scanLine(line('info', `to a***@${PLANTED_EMAIL_HOST}`), ownership)).toEqual([]))
})
