import { describe, expect, test } from 'vitest'
import { toRows, toTargets } from '../../../proof/bench/report.ts'
import { quantile, summarise } from '../../../proof/bench/statistics.ts'

describe('a summary', () => {
  test('knows the middle and the slowest hundredth, in whatever order the samples come', () => {
    const samples = Array.from({ length: 100 }, (_, at) => ((at * 37) % 100) + 1)
    expect(summarise(samples, 2)).toEqual({ p50: 51, p99: 100, requestsPerSecond: 50, samples: 100 })
    expect(quantile([], 0.5)).toBeNaN()
  })

  const of = (p50: number) => ({ p50, p99: p50, requestsPerSecond: 1, samples: 1 })

  test("counts Stripe's own time apart before an order is held against its raw batch", () => {
    const rows = toRows(
      1,
      new Map([
        ['bare route', of(1)],
        ['Stripe call', of(3)],
        ['raw batch of an order', of(4)],
        ['webhook to committed order', of(8)],
      ]),
    )
    expect(rows.at(-1)).toMatchObject({ floor: 'raw batch of an order', ratio: 1.5 })
    const target = toTargets(rows).find(({ text }) => text.startsWith('webhook') && text.includes('/'))
    expect(target).toMatchObject({ value: 1.5, limit: 2, kind: 'at most' })
  })

  test("counts the cache's own time apart before a miss is held against one statement", () => {
    const taken: [string, number][] = [
      ['bare route', 1],
      ['one statement, in between', 2],
      ['cache look-up', 4],
      ['product list, miss', 9],
    ]
    const rows = toRows(1, new Map(taken.map(([name, p50]) => [name, of(p50)])))
    expect(rows.at(-1)).toMatchObject({ floor: 'one statement, in between', ratio: 3 })
    const target = toTargets(rows).find(({ text }) => text === 'product list, miss / one statement, in between')
    expect(target).toMatchObject({ value: 3, limit: 3.5, kind: 'at most' })
  })

  test('has targets for what was measured, alone and sixteen at once', () => {
    const taken = new Map([
      ['one statement', of(2)],
      ['read a three-line cart', of(4)],
    ])
    const texts = toTargets([...toRows(1, taken), ...toRows(16, taken)]).map(({ text }) => text)
    expect(texts).toEqual([
      'read a three-line cart / one statement',
      'read a three-line cart: times faster than the better peer',
      'read a three-line cart / one statement, 16 at once',
    ])
  })
})
