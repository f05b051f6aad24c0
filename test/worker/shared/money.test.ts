import { describe, expect, test } from 'vitest'
import { exponentOf, isCharged, stepOf } from '../../../src/shared/currency.ts'
import { formatMoney } from '../../../src/shared/money.ts'

describe('an amount for people', () => {
  test.each([
    [1_999, 'usd', '$19.99'],
    [500, 'jpy', '¥500'],
    [50_000, 'isk', 'ISK 500'],
    [500_000, 'ugx', 'UGX 5,000'],
    [123_400, 'rsd', 'RSD 1,234'],
    [123_456, 'rsd', 'RSD 1,234.56'],
    [9_000_000, 'lbp', 'LBP 90,000'],
    [250_000, 'huf', 'HUF 2,500'],
    [5_120, 'kwd', 'KWD 5.120'],
    [-1_999, 'usd', '-$19.99'],
  ])('%d of %s is %s', (amount, currency, shown) => {
    expect(formatMoney(amount, currency, 'en').replaceAll('\u00A0', ' ')).toBe(shown)
  })
})

describe("Stripe's currencies", () => {
  test.each([
    ['usd', 2, 1],
    ['jpy', 0, 1],
    ['kwd', 3, 10],
    ['isk', 2, 100],
    ['ugx', 2, 100],
  ])('%s has %d decimals, and amounts in steps of %d', (currency, exponent, step) => {
    expect([isCharged(currency), exponentOf(currency), stepOf(currency)]).toEqual([true, exponent, step])
  })

  test.each(['xyz', 'USD', '', 'btc', 'constructor'])('%j is none', (currency) => {
    expect(isCharged(currency)).toBe(false)
  })
})
