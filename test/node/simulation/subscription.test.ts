import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SUBSCRIBED } from '../../../proof/simulation/world/webhooks.ts'

test('the simulated endpoint hears of what operators are told to subscribe to, and of nothing else', () => {
  const operations = readFileSync('docs/operations.md', 'utf8')
  const [, list = ''] = /with exactly these events[^`]*```\n([^`]*)```/.exec(operations) ?? []
  expect([...SUBSCRIBED]).toEqual(list.trim().split(/\s+/))
})
