import { DrizzleQueryError } from 'drizzle-orm'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createLog, redact } from '../../../src/shared/log.ts'

afterEach(() => vi.restoreAllMocks())

function lineOf(error: unknown): string {
  const write = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  createLog({}).error('failed', { error })
  return String(write.mock.lastCall?.[0])
}

describe('redaction', () => {
  test.each([
    ['jane.doe@example.com', 'jane.doe'],
    ['/v1/cart/discount-codes/jane.doe%40example.com', 'jane.doe'],
    ['"jane doe"@example.com', 'jane doe'],
    ['Key (email)=(jane.doe@example.com) already exists', 'jane'],
    ['sk_live_abcd', 'abcd'],
    ['rk_test_51Habc', '51Habc'],
    ['whsec_a+b/c=', 'a+b/c'],
    ['pi_3abc_secret_XYZ123', 'XYZ123'],
    ['Authorization: Bearer abc.def', 'abc.def'],
    ['Authorization: Basic dXNlcjpw', 'dXNlcjpw'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJzdWIiOiIxIn0'],
    ['https://shop.test/orders/ORD-1?token=abcdef&em_cd=x', 'abcdef'],
    ['{"password":"Hunter2!"}', 'Hunter2'],
    ['Cookie: csrf_token=abcdef', 'abcdef'],
    ['password = abcdef', 'abcdef'],
    ['postgres://user:pa@ss:word@host/db', 'ss:word'],
    ['4242 4242 4242 4242', '4242'],
  ])('of %s leaves no %s', (text, secret) => expect(redact(text)).not.toContain(secret))

  test.each(['01a1fc4d-7179-73b6-8db9-819937c655a7', 'cart_lines_within_limit', 'ORD-7K2M9QX4TB', 'GET /v1/products'])(
    'leaves %s as it is',
    (text) => expect(redact(text)).toBe(text),
  )
})

describe('a line about an error', () => {
  test("names the failed query without its parameters, a customer's name and street among them", () => {
    const line = lineOf(new DrizzleQueryError('INSERT INTO orders VALUES ($1, $2)', ['Jane Doe', '1 Main Street']))
    expect(line).toContain('INSERT INTO orders')
    expect(line).not.toMatch(/Jane|Main Street/)
  })

  test('tells what it was caused by', () => {
    const line: unknown = JSON.parse(lineOf(new Error('outer', { cause: new Error('inner') })))
    expect(line).toMatchObject({ error: { message: 'outer', cause: { message: 'inner' } } })
    expect(JSON.parse(lineOf(new Error('alone'))).error).not.toHaveProperty('cause')
  })

  test('is written for an error that is its own cause', () => {
    const error = new Error('outer')
    error.cause = error
    expect(lineOf(error)).toContain('outer')
  })
})
