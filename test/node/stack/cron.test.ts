import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { cronMatches, readCronExpressions } from '../../../dev/cron.ts'

const at = (text: string) => new Date(`${text}Z`)

test.each([
  ['* * * * *', '2026-03-05T10:17', true],
  ['*/5 * * * *', '2026-03-05T10:15', true],
  ['*/5 * * * *', '2026-03-05T10:17', false],
  ['3-59/4 * * * *', '2026-03-05T10:07', true],
  ['3-59/4 * * * *', '2026-03-05T10:08', false],
  ['0 3 * * *', '2026-03-05T03:00', true],
  ['0 3 * * *', '2026-03-05T04:00', false],
  ['0,30 9-17 * * 1-5', '2026-03-05T12:30', true],
  ['0,30 9-17 * * 1-5', '2026-03-08T12:30', false],
  ['0 0 1 1 *', '2026-01-01T00:00', true],
  ['bad', '2026-01-01T00:00', false],
])('%s at %s: %s', (expression, time, expected) => {
  expect(cronMatches(expression, at(time))).toBe(expected)
})

test('cron expressions are read from a list over several lines', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
  const file = path.join(folder, 'wrangler.toml')
  writeFileSync(file, `name = "x"\n[triggers]\ncrons = [\n  "* * * * *",\n  '0 3 * * *',\n]\n[vars]\nA = "[1]"\n`)
  expect(readCronExpressions(file)).toEqual(['* * * * *', '0 3 * * *'])
  rmSync(folder, { recursive: true })
})
