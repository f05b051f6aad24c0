import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { withBundle, wrangler } from './build-bundle.ts'

// Measures how long the Worker takes to start: everything that runs once in a new isolate before the first request.
// Cloudflare refuses a Worker that needs more than a second of CPU time for it.

const RUNS = 10

const profileSchema = z.object({
  nodes: z.array(z.object({ id: z.int(), callFrame: z.object({ functionName: z.string() }) })),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
})

/** Milliseconds in which the profiled isolate was busy, garbage collection included. */
function activeMs(file: string): number {
  const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id))
  const micros = samples.reduce((sum, id, at) => sum + (idle.has(id) ? 0 : (timeDeltas[at] ?? 0)), 0)
  return micros / 1_000
}

const show = (ms: number | undefined) => `${(ms ?? 0).toFixed(1)} ms`

withBundle(({ folder, gzippedBytes, rawBytes, modules }) => {
  const profile = path.join(folder, 'startup.cpuprofile')
  const runs = Array.from({ length: RUNS }, () => {
    wrangler('check', 'startup', '--worker', path.join(folder, 'worker.bundle'), '--outfile', profile)
    return activeMs(profile)
  }).toSorted((a, b) => a - b)
  console.log(`${gzippedBytes} bytes gzipped, ${rawBytes} bytes in ${modules.size} modules are read.`)
  const median = ((runs[RUNS / 2 - 1] ?? 0) + (runs[RUNS / 2] ?? 0)) / 2
  console.log(`It starts in ${show(median)} (median of ${RUNS}; ${show(runs[0])} to ${show(runs.at(-1))}).`)
  console.log(
    `Measured by \`wrangler check startup\`: CPU profile of the start-up phase of a new isolate in workerd, time in which it
was not idle. On this machine: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, other load included.`,
  )
})
