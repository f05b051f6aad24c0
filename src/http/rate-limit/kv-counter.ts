import { z } from 'zod'
import { within } from '../../shared/within.ts'
import type { Layer, Runtime } from './layer.ts'
import { recall } from './recall.ts'
import { type Hits, type Quota, judge, rollTo, windowOf } from './sliding-window.ts'

/** How long a request waits for KV before it passes unlimited. */
const PATIENCE_MS = 250
/** KV takes one write a second for a key. */
const WRITE_INTERVAL_MS = 1_000
/** A pause after KV failed, so that not every request waits for it. */
const FAILURE_PAUSE_MS = 1_000
/** Counts of other isolates are read again before a decision when they are older than this. */
const READ_AGAIN_MS = 60_000
/** A write that is overdue by this much died with its request; the next hit takes over. */
const OVERDUE_MS = 5_000

/** `hits` is what KV is known to hold; `unwritten` are hits of this isolate that it does not hold yet. */
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
 * Counts in the memory of this isolate, and shares the counts with other isolates through KV. Within one isolate the
 * count is exact; between isolates it trails by KV's delay, which windows of an hour can bear. KV being down or slow
 * lets requests through. KV refusing a write does not (else whoever hammers one key from many places, and so exceeds
 * KV's write rate, would be rid of the limit): the hits stay in memory until a write succeeds.
 */
function createKvCounter(kv: KVNamespace): Layer {
  const tallies = new Map<string, Tally>()

  const tallyOf = (key: string, window: number): Tally =>
    recall(tallies, key, () => ({
      hits: { window, current: 0, previous: 0 },
      unwritten: 0,
      readAt: -Infinity,
      failedAt: -Infinity,
      writtenAt: -Infinity,
      writeDueAt: null,
    }))

  function roll(tally: Tally, window: number): void {
    if (window <= tally.hits.window) return
    const { hits, unwritten } = tally
    tally.hits = rollTo({ ...hits, current: hits.current + unwritten }, window)
    tally.unwritten = 0
  }

  // Eventually consistent: an older value than the one known says nothing.
  async function read(key: string, tally: Tally): Promise<void> {
    const stored = storedSchema.safeParse(await within(kv.get(key, 'json'), PATIENCE_MS, 'KV'))
    if (!stored.success) return
    const { w, c, p } = stored.data
    roll(tally, w)
    const seen = rollTo({ window: w, current: c, previous: p }, tally.hits.window)
    tally.hits.current = Math.max(tally.hits.current, seen.current)
    tally.hits.previous = Math.max(tally.hits.previous, seen.previous)
  }

  async function write(key: string, quota: Quota, runtime: Runtime): Promise<void> {
    const tally = tallies.get(key)
    if (tally === undefined) return
    try {
      await read(key, tally)
      const { window, current, previous } = tally.hits
      const writing = tally.unwritten
      const value = JSON.stringify({ w: window, c: current + writing, p: previous })
      await kv.put(key, value, { expirationTtl: Math.max(60, 2 * quota.windowSeconds) })
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

  /** One write at a time for a key, at most one a second; hits that come meanwhile go with it. */
  function scheduleWrite(key: string, tally: Tally, quota: Quota, runtime: Runtime): void {
    const now = runtime.now().getTime()
    if (tally.writeDueAt !== null && now < tally.writeDueAt + OVERDUE_MS) return
    const wait = Math.max(0, tally.writtenAt + WRITE_INTERVAL_MS - now)
    tally.writeDueAt = now + wait
    runtime.defer('rate-limit-write', async () => {
      await new Promise((resolve) => setTimeout(resolve, wait))
      await write(key, quota, runtime)
    })
  }

  return {
    /** Learns what other isolates counted, if that is not known freshly. */
    async prepare(key, quota, { now, log }) {
      const tally = tallyOf(key, windowOf(now(), quota))
      const start = now().getTime()
      if (start < tally.failedAt + FAILURE_PAUSE_MS) return 'open'
      if (start < tally.readAt + READ_AGAIN_MS) return 'counted'
      try {
        await read(key, tally)
        tally.readAt = start
        return 'counted'
      } catch (error) {
        tally.failedAt = now().getTime()
        log.warn('rate-limit-open', { layer: 'kv', error })
        return 'open'
      }
    },

    judge(key, quota, now) {
      const tally = tallyOf(key, windowOf(now, quota))
      roll(tally, windowOf(now, quota))
      return judge({ ...tally.hits, current: tally.hits.current + tally.unwritten }, now, quota)
    },

    /** Counts one hit, and has it written after the answer. */
    add(key, quota, runtime) {
      const tally = tallyOf(key, windowOf(runtime.now(), quota))
      tally.unwritten += 1
      scheduleWrite(key, tally, quota, runtime)
    },
  }
}

const counters = new WeakMap<KVNamespace, Layer>()

/** The counter of a namespace, one for each isolate. */
export function kvCounterOf(kv: KVNamespace): Layer {
  const counter = counters.get(kv) ?? createKvCounter(kv)
  counters.set(kv, counter)
  return counter
}
