import fc from 'fast-check'
import { expect, test } from 'vitest'
import { growthOf } from '../../../proof/bench/memory/trend.ts'

const MIB = 1_048_576
const samples = (count: number, at: (index: number) => number) => Array.from({ length: count }, (_, index) => at(index))

test('memory that goes up and down without getting more has no trend', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 100, max: 105 }), { minLength: 20, maxLength: 200 }), (heap) => {
      expect(Math.abs(growthOf(heap))).toBeLessThan(0.051)
    }),
  )
})

test('a leak of a tenth of a MiB with every sample shows, and by how much', () => {
  const leaking = samples(100, (index) => (10 + index / 10) * MIB)
  // Of what follows the first 20, the thirds have their middle at samples 33 and 87: 13.3 MiB and 18.7 MiB.
  expect(growthOf(leaking)).toBeCloseTo(18.7 / 13.3 - 1, 6)
})

test('what fills up at first and a single peak at the end are no leak', () => {
  const filling = samples(100, (index) => (index < 20 ? index : 20) * MIB)
  expect(growthOf(filling.with(99, 500 * MIB))).toBe(0)
})

test('too few samples say nothing', () => {
  expect(growthOf([1, 2, 3])).toBeNaN()
})
