import { describe, expect, test } from 'vitest'
import { toRows, toTargets } from '../../../proof/bench/report.ts'
import { quantile, summarise } from '../../../proof/bench/statistics.ts'

describe('a summary', () => {
  test('knows the middle and the slowest hundredth, in whatever order the samples come', () => {
    const samples = Array.from({ length: 100 }, (_, at) => ((at * 37) % 100) + 1)
    expect(summarise(samples, 2)).toEqual({ p50: 51, p99: 100, requestsPerSecond: 50, samples: 100 })
    expect(quantile([], 0.5)).toBeNaN()
  })

  test("counts Stripe's own time apart before an order is held against its raw batch", () => {
    const of = (p50: number) => ({ p50, p99: p50, requestsPerSecond: 1, samples: 1 })
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
})
