import { expect, test } from 'vitest'
import { runFuzz } from '../../../proof/fuzz/run.ts'
import { tableOf } from '../../../proof/fuzz/tally.ts'

const REQUESTS = 2_000
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

test('no generated request, valid or hostile, gets an answer that breaks a rule', async () => {
  console.log(`seed ${seed}: repeat with SEED=${seed}, or npm run fuzz -- --requests ${REQUESTS} --seed ${seed}`)
  const report = await runFuzz({ requests: REQUESTS, seed, members: 4, guests: 2 })
  console.log(tableOf(report.operations, report.tally))
  expect(report.findings).toEqual([])
  expect(report.operations.filter(({ id }) => report.tally.of(id).size === 0)).toEqual([])
  expect(report.logLines).toBeGreaterThan(report.sent / 2)
}, 180_000)
