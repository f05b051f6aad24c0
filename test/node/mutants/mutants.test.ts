import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { allMutants, shuffled } from '../../../proof/mutants/draw.ts'
import { apart, describe as describeMutant, type Mutant, plant, plantAll } from '../../../proof/mutants/mutant.ts'
import { sqlMutants } from '../../../proof/mutants/sql.ts'
import { readTestsOf } from '../../../proof/mutants/tests-of.ts'
import { typescriptMutants } from '../../../proof/mutants/typescript.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const planted = (text: string, mutants: Mutant[]) => mutants.map((mutant) => plant(text, mutant))

test('operators, boundaries, conditions and statements of TypeScript can go wrong, texts and logs cannot', async () => {
  const text = `export function take(left: number, wanted: number): number {
  if (left < wanted) throw new Error('too few: é')
  log.warn('taken', { left: left - 1 })
  count(wanted)
  return left - wanted
}
`
  const mutants = await typescriptMutants('src/stock.ts', text)
  const changed = (old: string, present: string) => text.replace(old, present)
  expect(planted(text, mutants)).toEqual(
    expect.arrayContaining([
      changed('left < wanted', 'left <= wanted'),
      changed('left < wanted', 'false'),
      changed("throw new Error('too few: é')", ';'),
      changed('  count(wanted)', '  ;'),
      changed('left - wanted', 'left + wanted'),
    ]),
  )
  const inTheMiddle = planted(text, mutants).filter((bug) => bug.includes('log') && bug.includes('left - wanted'))
  expect(inTheMiddle.length).toBeGreaterThan(5)
  expect(inTheMiddle.filter((bug) => !bug.includes("log.warn('taken', { left: left - 1 })"))).toEqual([])
  expect(inTheMiddle.filter((bug) => bug.includes('Error(') && !bug.includes("Error('too few: é')"))).toEqual([])
})

test('so can those of a function of the database, and each still parses', () => {
  const text = `CREATE FUNCTION take(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
-- é, and a condition = in a comment
DECLARE
  count integer := 0;
BEGIN
  UPDATE skus SET reserved = reserved + wanted, note = CASE WHEN wanted > 1 THEN 'many' ELSE 'one' END WHERE id = 7;
  IF NOT FOUND THEN
    PERFORM assert_that(count >= 1 AND wanted IS NULL, 'found');
  END IF;
END
$$;
`
  const changed = (old: string, present: string) => text.replace(old, present)
  const bugs = planted(text, sqlMutants('take.sql', text))
  expect(bugs).toEqual(
    expect.arrayContaining([
      changed('reserved + wanted', 'reserved - wanted'),
      changed('wanted > 1', 'wanted >= 1'),
      changed('id = 7', 'id <> 7'),
      changed('id = 7', 'id = 8'),
      changed('NOT FOUND', ' FOUND'),
      changed('>= 1 AND', '>= 1 OR'),
      changed('wanted IS NULL', 'wanted IS NOT NULL'),
      changed("PERFORM assert_that(count >= 1 AND wanted IS NULL, 'found');", 'NULL;'),
      changed(text.slice(text.indexOf('UPDATE'), text.indexOf('  IF NOT')).trimEnd(), 'NULL;'),
    ]),
  )
  expect(bugs).not.toContain(changed('SET reserved = ', 'SET reserved <> '))
  expect(bugs.filter((bug) => !bug.includes('condition = in a comment'))).toEqual([])
})

test('a seed draws the same bugs each time, another seed others, from the whole of the Worker', async () => {
  const places = await allMutants(ROOT)
  expect(places.length).toBeGreaterThan(5_000)
  expect(new Set(places.map(({ file }) => path.extname(file)))).toEqual(new Set(['.ts', '.sql']))
  const drawn = (seed: number) => shuffled(places, seed).slice(0, 20)
  expect(drawn(1)).toEqual(drawn(1))
  expect(drawn(1)).not.toEqual(drawn(2))
  expect(new Set(shuffled([1, 2, 3, 4, 5], 7))).toEqual(new Set([1, 2, 3, 4, 5]))
  for (const mutant of drawn(3)) {
    const text = readFileSync(path.join(ROOT, mutant.file), 'utf8')
    expect(plant(text, mutant)).not.toBe(text)
    expect(describeMutant(mutant, text)).toContain(`${mutant.file}:`)
  }
})

test('bugs that do not overlap can be planted together', () => {
  const bug = (start: number, end: number, replacement: string, file = 'a.ts'): Mutant => ({
    file,
    start,
    end,
    replacement,
    kind: 'Any',
  })
  const [one, two, inOne, elsewhere] = [bug(0, 1, '!'), bug(4, 5, 'wide'), bug(0, 2, '?'), bug(0, 2, '?', 'b.ts')]
  expect(apart([one, two, inOne, elsewhere])).toEqual([[one, two, elsewhere], [inOne]])
  expect(plantAll('a + b', [one, two])).toBe('! + wide')
})

test('the tests of a place are those of its feature, those that import it, or those of who uses it', () => {
  const testsOf = readTestsOf(ROOT)
  expect(testsOf('src/features/cart/rules.ts')).toEqual(
    expect.arrayContaining(['test/worker/cart', 'test/worker/cart/rules.property.test.ts']),
  )
  expect(testsOf('src/http/csrf.ts')).toContain('test/worker/http')
  expect(testsOf('src/db/functions/place_order.sql')).toContain('test/worker/orders')
  expect(testsOf('src/db/functions/keep_payment_state.sql')).toContain('test/worker/orders')
  expect(testsOf('src/db/functions/assert_addable.sql')).toContain('test/worker/cart')
})
