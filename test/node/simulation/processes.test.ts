import path from 'node:path'
import { expect, test } from 'vitest'
import type { Report } from '../../../proof/simulation/job.ts'
import { runJob } from '../../../proof/simulation/processes.ts'

const program = path.join(import.meta.dirname, 'standing-still.ts')

test.each([
  { what: 'waits for ever', from: 0 },
  { what: 'is busy for ever', from: 1 },
])('a plan that $what is ended, and its seed and plan are named', async ({ from }) => {
  const reports: Report[] = []
  const job = { serverUrl: '', from, step: 1, runs: 1, shrinkMs: 0 }
  await runJob(job, (report) => reports.push(report), { program, stillMs: 200 })
  expect(reports).toEqual([
    {
      kind: 'failure',
      seed: from + 2,
      violations: ['the plan did not move for 0.2 s'],
      plan: { seed: 9, rush: true },
      story: ['{"seed":9,"rush":true}', expect.stringContaining('puts something into the cart')],
      log: [],
      shrinks: 0,
    },
  ])
})
