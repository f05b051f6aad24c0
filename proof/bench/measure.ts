import { inParallel, send } from './load.ts'
import type { Answer, Call } from './load.ts'
import { summarise } from './statistics.ts'
import type { Summary } from './statistics.ts'

/** Something to be measured: an operation of Mercat's, or a floor. */
export interface Subject {
  name: string
  /** Prepares so many requests and everything that they need. Not timed. */
  ready(count: number): Promise<Call[]> | Call[]
  /**
   * For requests with work after their answer, which ends before the next one is sent. Meanwhile this one is sent again
   * and again, because everything takes twice as long after a sleep of some milliseconds.
   */
  meanwhile?: Call
  /** Throws for an answer that must not be counted. */
  check?(answer: Answer): void
}

export interface Plan {
  concurrency: number
  /** Every round runs all subjects, in random order. */
  rounds: number
  /** Requests of each subject in a round, by its name; `other` for the rest. */
  requests: Record<string, number> & { other: number }
}

/** Longer than any work after an answer takes. Not part of any measured time. */
const WORK_ON_MS = 15

/** Requests that warm up code, connections and caches. They are not counted. */
const WARM_UP = 20

/**
 * Takes the subjects' times side by side: in short turns, again and again, so that whatever else the machine does falls
 * on all alike. Answers a summary for each name.
 */
export async function measure(subjects: Subject[], plan: Plan): Promise<Map<string, Summary>> {
  const times = new Map(subjects.map(({ name }) => [name, { samples: [] as number[], seconds: 0 }]))
  for (let round = -1; round < plan.rounds; round++) {
    for (const subject of shuffled(subjects)) {
      const count = plan.requests[subject.name] ?? plan.requests.other
      const { samples, seconds } = await runTurn(subject, round < 0 ? Math.min(WARM_UP, count) : count, plan)
      const kept = times.get(subject.name)
      if (round < 0 || kept === undefined) continue
      kept.samples.push(...samples)
      kept.seconds += seconds
    }
  }
  return new Map([...times].map(([name, { samples, seconds }]) => [name, summarise(samples, seconds)]))
}

async function runTurn(subject: Subject, count: number, { concurrency }: Plan) {
  const calls = await subject.ready(count)
  const start = performance.now()
  let pauses = 0
  const samples = await inParallel(concurrency, calls, async (call) => {
    const before = performance.now()
    const answer = await send(call)
    const ms = performance.now() - before
    if (answer.status !== 200 && answer.status !== 201)
      throw new Error(`${subject.name}: ${call.url} was answered with ${answer.status}: ${answer.text.slice(0, 500)}`)
    subject.check?.(answer)
    if (subject.meanwhile !== undefined && concurrency === 1) {
      const pause = performance.now()
      while (performance.now() - pause < WORK_ON_MS) await send(subject.meanwhile)
      pauses += performance.now() - pause
    }
    return ms
  })
  return { samples, seconds: (performance.now() - start - pauses) / 1_000 }
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
