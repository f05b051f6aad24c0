import { z } from 'zod'
import { within } from '../../shared/within.ts'
import type { Layer, Opinion, Runtime } from './layer.ts'
import { recall } from './recall.ts'
import { type Hits, judge, type Quota, rollTo, type Verdict, windowOf } from './sliding-window.ts'

/** How long a request waits for KV before it passes without a limit. */
const TIMEOUT_MS = 250
/** KV accepts one write per second for a key. */
const WRITE_INTERVAL_MS = 1_000
/** After a failure KV is left alone for this long, so that not every request waits for it. */
const FAILURE_PAUSE_MS = 1_000
/** The counts of other isolates are read again before a decision if they are older than this. */
const READ_AGAIN_MS = 60_000
/** A write that is overdue by this much was cut off with its request; the next hit writes instead. */
const OVERDUE_MS = 5_000

/** `hits` are those in KV when it was last read or written; `unwritten` are hits of this isolate that KV lacks. */
type Tally = {
  hits: Hits
  unwritten: number
  readAt: number
  failedAt: number
  writtenAt: number
  writeDueAt: number | null
}

const storedSchema = z.object({ w: z.int(), c: z.int().nonnegative(), p: z.int().nonnegative() })

/**
 * Counts in this isolate's memory and shares the counts with other isolates through KV. The count is exact within an
 * isolate and trails between isolates by KV's delay, which does not matter for windows of an hour. When KV is down or
 * slow, requests pass. When KV refuses a write, the hits stay in memory and count until a write succeeds; otherwise
 * somebody could get rid of the limit by exceeding KV's rate of writes to one key.
 */
class KvCounter implements Layer {
  readonly #kv: KVNamespace
  readonly #tallies = new Map<string, Tally>()

  constructor(kv: KVNamespace) {
    this.#kv = kv
  }

  /** Reads what other isolates have counted, unless that was read recently. */
  async prepare(key: string, quota: Quota, { now, log }: Runtime): Promise<Opinion> {
    const tally = this.#tallyOf(key, windowOf(now(), quota))
    const start = now().getTime()
    if (start < tally.failedAt + FAILURE_PAUSE_MS) return 'open'
    if (start < tally.readAt + READ_AGAIN_MS) return 'counted'
    try {
      await this.#read(key, tally)
      tally.readAt = start
      return 'counted'
    } catch (error) {
      tally.failedAt = now().getTime()
      log.warn('rate-limit-open', { layer: 'kv', error })
      return 'open'
    }
  }

  judge(key: string, quota: Quota, now: Date): Verdict {
    const tally = this.#tallyOf(key, windowOf(now, quota))
    roll(tally, windowOf(now, quota))
    return judge({ ...tally.hits, current: tally.hits.current + tally.unwritten }, now, quota)
  }

  /** Counts one hit, and writes it to KV after the answer. */
  add(key: string, quota: Quota, runtime: Runtime): void {
    const tally = this.#tallyOf(key, windowOf(runtime.now(), quota))
    tally.unwritten += 1
    this.#scheduleWrite(key, tally, quota, runtime)
  }

  #tallyOf(key: string, window: number): Tally {
    return recall(this.#tallies, key, () => ({
      hits: { window, current: 0, previous: 0 },
      unwritten: 0,
      readAt: -Infinity,
      failedAt: -Infinity,
      writtenAt: -Infinity,
      writeDueAt: null,
    }))
  }

  // KV is eventually consistent: it may answer an older value than the one known, which is ignored.
  async #read(key: string, tally: Tally): Promise<void> {
    const stored = storedSchema.safeParse(await within(this.#kv.get(key, 'json'), TIMEOUT_MS, 'KV'))
    if (!stored.success) return
    const { w, c, p } = stored.data
    roll(tally, w)
    const seen = rollTo({ window: w, current: c, previous: p }, tally.hits.window)
    tally.hits.current = Math.max(tally.hits.current, seen.current)
    tally.hits.previous = Math.max(tally.hits.previous, seen.previous)
  }

  async #write(key: string, quota: Quota, runtime: Runtime): Promise<void> {
    const tally = this.#tallies.get(key)
    if (tally === undefined) return
    try {
      await this.#read(key, tally)
      const { window, current, previous } = tally.hits
      const writing = tally.unwritten
      const value = JSON.stringify({ w: window, c: current + writing, p: previous })
      await this.#kv.put(key, value, { expirationTtl: Math.max(60, 2 * quota.windowSeconds) })
      if (tally.hits.window === window) {
        tally.hits.current += writing
        tally.unwritten -= writing
      }
    } catch (error) {
      runtime.log.warn('rate-limit-write-failed', { error })
    }
    tally.writtenAt = runtime.now().getTime()
    tally.writeDueAt = null
  }

  /** Schedules a write of the key: one at a time, at most one per second, with all hits until then. */
  #scheduleWrite(key: string, tally: Tally, quota: Quota, runtime: Runtime): void {
    const now = runtime.now().getTime()
    if (tally.writeDueAt !== null && now < tally.writeDueAt + OVERDUE_MS) return
    const wait = Math.max(0, tally.writtenAt + WRITE_INTERVAL_MS - now)
    tally.writeDueAt = now + wait
    runtime.defer('rate-limit-write', async () => {
      await new Promise((resolve) => setTimeout(resolve, wait))
      await this.#write(key, quota, runtime)
    })
  }
}

/** Moves the tally forward to a later window. */
function roll(tally: Tally, window: number): void {
  if (window <= tally.hits.window) return
  const { hits, unwritten } = tally
  tally.hits = rollTo({ ...hits, current: hits.current + unwritten }, window)
  tally.unwritten = 0
}

const counters = new WeakMap<KVNamespace, Layer>()

/** The counter for a namespace; there is one in each isolate. */
export function kvCounterOf(kv: KVNamespace): Layer {
  const counter = counters.get(kv) ?? new KvCounter(kv)
  counters.set(kv, counter)
  return counter
}
