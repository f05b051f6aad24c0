import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { GUEST_DAYS, RETENTION } from '../../../src/features/privacy/retention.ts'

test('docs/operations.md names every period as it is', () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs/operations.md'), 'utf8')
  const section = text.split('## How long what is kept')[1]?.split('\n## ')[0] ?? ''
  const rows = [...section.matchAll(/^\| `(\w+)` +\| (.*?) +\| (\d+) +\|$/gm)].map(
    ([, table, , days]) => `${table} ${days}`,
  )
  expect(rows).toEqual([...RETENTION.map(({ table, days }) => `${table} ${days}`), `prospects ${GUEST_DAYS}`])
})
