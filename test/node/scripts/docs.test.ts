import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { GUEST_DAYS, RETENTION } from '../../../src/features/privacy/retention.ts'
import { LIMITS } from '../../../src/http/rate-limit/limits.ts'

/** The section with this heading, up to the next heading. */
function sectionOf(page: string, heading: string): string {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs', page), 'utf8')
  return text.split(`## ${heading}\n`)[1]?.split(/\n#+ /)[0] ?? ''
}

test('docs/operations.md names every period as it is', () => {
  const rows = [
    ...sectionOf('operations.md', 'How long what is kept').matchAll(/^\| `(\w+)` +\| (.*?) +\| (\d+) +\|$/gm),
  ].map(([, table, , days]) => `${table} ${days}`)
  expect(rows).toEqual([...RETENTION.map(({ table, days }) => `${table} ${days}`), `prospects ${GUEST_DAYS}`])
})

test('docs/api.md names every limit that callers see as it is', () => {
  const rows = [...sectionOf('api.md', 'Rate limits').matchAll(/^\| (`.*?`) +\| ([\d,]+ an? \w+)/gm)].flatMap(
    ([, names = '', quota]) => names.split(', ').map((name) => `${name.slice(1, -1)}: ${quota}`),
  )
  const limits = Object.entries(LIMITS).map(([name, { limit, windowSeconds }]) => {
    const quota = `${limit.toLocaleString('en')} ${windowSeconds === 60 ? 'a minute' : 'an hour'}`
    return `${name}: ${quota}`
  })
  expect(rows.toSorted()).toEqual(limits.filter((each) => !each.startsWith('webhook-refused')).toSorted())
})
