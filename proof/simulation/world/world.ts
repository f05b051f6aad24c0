import type { Entry, Fault, Plan, Service } from '../plan.ts'
import { currentCall, WorkerCall } from './call.ts'
import { Chance } from './chance.ts'
import { VirtualClock } from './clock.ts'
import { Story } from './story.ts'

const START = Date.parse('2026-03-02T09:00:00Z')
const MINUTE = 60_000

/** A call to another service: what it does, and how the Worker learns that it went wrong. */
export type Boundary<T> = {
  service: Service
  what: string
  /** `breakOff`: a transaction has to fail after some of its statements. */
  effect: (breakOff: boolean) => Promise<T>
  /** How the caller learns that nothing happened, or that nobody answered: a value to answer or an error to throw. */
  failure: (happened: boolean, luck: number) => T
  /** The caller stops waiting when this fires. */
  signal?: AbortSignal | null | undefined
}

/** A new promise each time, since a promise keeps everything that waits for it in memory. */
const never = (): Promise<never> => new Promise(() => undefined)

/** What all parts of a run share: time, randomness, the plan, the story, and the running calls of the Worker. */
export class World {
  readonly plan: Plan
  readonly clock = new VirtualClock(START)
  readonly chance: Chance
  readonly story: Story
  /** After this nothing fails any more, so that everything can be repaired. */
  healed = false
  /** Violations that were seen at the moment they happened. */
  readonly violations: string[] = []
  /** How often which fault struck at which service. */
  readonly faultCounts = new Map<string, number>()
  /** Calls of the Worker so far. */
  calls = 0
  readonly #underWay = new Set<WorkerCall>()
  readonly #counted = new Map<Entry, number>()
  readonly #crossed = new Map<string, number>()
  readonly #lives = new Map<number, number>()

  /** `heard` is called with every line of the story. */
  constructor(plan: Plan, heard?: (line: string) => void) {
    this.plan = plan
    this.chance = new Chance(plan.seed)
    this.story = new Story(this.clock, heard)
  }

  /** Milliseconds since the run began. */
  get elapsed(): number {
    return this.clock.now() - START
  }

  violate(what: string): void {
    this.violations.push(what)
    this.story.tell('!!', what)
  }

  /** Lets an actor's work go on beside everything else. If it throws, that is a bug of the simulation and fails the run. */
  start(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      this.violate(`the simulation failed: ${error instanceof Error ? error.stack : String(error)}`),
    )
  }

  /** Runs `work` as a call of the Worker; undefined when the call crashed before it ended. */
  async call<T>(
    entry: Entry,
    who: string,
    isolate: number,
    work: (call: WorkerCall) => Promise<T>,
  ): Promise<T | undefined> {
    const number = this.#counted.get(entry) ?? 0
    this.#counted.set(entry, number + 1)
    const call = new WorkerCall({ entry, number, isolate, who })
    this.calls += 1
    this.#underWay.add(call)
    try {
      const done = currentCall.run(call, () => work(call))
      // The work of a crashed call may still fail, and nobody is told.
      done.catch(() => undefined)
      return await Promise.race([done, call.ended.then(() => undefined)])
    } finally {
      if (call.isDead) this.#underWay.delete(call)
    }
  }

  /** Call when everything that a call deferred has ended, too. */
  finish(call: WorkerCall): void {
    this.#underWay.delete(call)
  }

  /** How many lives an isolate has had; each eviction ends one. */
  livesOf(isolate: number): number {
    return this.#lives.get(isolate) ?? 0
  }

  #evict(isolate: number): void {
    this.#lives.set(isolate, this.livesOf(isolate) + 1)
    for (const call of this.#underWay) if (call.isolate === isolate) call.die()
  }

  /** Crosses to another service and back, with the delays and faults that the plan has for it. */
  async cross<T>(boundary: Boundary<T>): Promise<T> {
    const call = currentCall.getStore()
    if (call === undefined) throw new Error(`${boundary.what} was asked for by nobody`)
    if (call.isDead) return never()
    const at = `${call.entry} ${call.number}.${call.boundaries}`
    call.boundaries += 1
    const fault = this.#faultAt(call, boundary.service)
    if (fault !== undefined) {
      this.story.tell(call.name, `${boundary.what}  ← ${fault.toUpperCase()}`)
      const kind = `${boundary.service} ${fault}`
      this.faultCounts.set(kind, (this.faultCounts.get(kind) ?? 0) + 1)
    }
    const answer = this.#travel(boundary, call, at, fault)
    // The other service goes on although the caller has given up or crashed.
    answer.catch(() => undefined)
    const result = await Promise.race([answer, aborted(boundary.signal)])
    return call.isDead ? never() : result
  }

  async #travel<T>(boundary: Boundary<T>, call: WorkerCall, at: string, fault: Fault | undefined): Promise<T> {
    const { effect, failure } = boundary
    const luck = this.chance.of(`${at} failure`)
    const way = (about: string) => this.clock.sleep(this.chance.between(0.3, 20, `${at} ${about}`))
    if (fault === 'crash-before') {
      call.die()
      return never()
    }
    await way('there')
    if (fault === 'refused') return failure(false, luck)
    if (fault === 'silent') {
      await this.clock.sleep(10 * MINUTE)
      return failure(false, luck)
    }
    if (fault === 'late') await this.clock.sleep(this.chance.between(5_000, 120_000, `${at} late`))
    const result = await effect(fault === 'halfway')
    if (fault === 'crash-after') call.die()
    if (fault === 'eviction') this.#evict(call.isolate)
    await way('back')
    if (fault === 'lost') return failure(true, luck)
    return result
  }

  #faultAt(call: WorkerCall, service: Service): Fault | undefined {
    const crossing = `${call.entry} ${service}` as const
    const nth = this.#crossed.get(crossing) ?? 0
    this.#crossed.set(crossing, nth + 1)
    if (this.healed) return undefined
    const planned = this.plan.faults.find((each) => each.at === crossing && each.nth === nth)?.fault
    if (planned !== undefined) return planned === 'halfway' && service !== 'database' ? 'refused' : planned
    const minute = this.elapsed / MINUTE
    return this.plan.outages.find(
      (each) => each.service === service && minute >= each.fromMinute && minute < each.fromMinute + each.minutes,
    )?.fault
  }
}

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  if (signal == null) return never()
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
