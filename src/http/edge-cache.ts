import { z } from '@hono/zod-openapi'
import type { Context, TypedResponse } from 'hono'
import { every } from 'hono/combine'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Ctx } from '../context.ts'
import { sha256Hex } from '../shared/digest.ts'
import { isAppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'

/** For this long a cached answer is served as it is. */
const FRESH_SECONDS = 5
/** For this long after that it is still served, while it is renewed in the background. */
const STALE_SECONDS = 10

const STORED_AT = 'X-Stored-At'

// The `Age` header makes a browser count from when the answer was made, so both caches together keep these limits.
const CACHE_CONTROL = `public, max-age=${FRESH_SECONDS}, stale-while-revalidate=${STALE_SECONDS}`

/** Middleware that adds a strong ETag, a hash of the body, where there is none, and answers 304 to `If-None-Match`. */
export const revalidated = etag({
  retainedHeaders: [
    ...RETAINED_304_HEADERS,
    'age',
    'x-cache',
    'access-control-allow-credentials',
    'access-control-allow-origin',
    'access-control-expose-headers',
  ],
})

/** The headers of a cached answer, for the OpenAPI document. */
export const edgeCacheHeaders = z.object({
  ETag: z.string().openapi({ description: 'Send it as `If-None-Match` next time' }),
  Age: z.string().openapi({ description: 'Seconds since the answer was made' }),
  'X-Cache': z.enum(['hit', 'stale', 'miss']).openapi({
    description:
      'Where the answer came from: the edge cache, the edge cache while it is being renewed, or the database',
  }),
})

type Parameters = Record<string, string | number | boolean | undefined>

/**
 * The cache key: the route's pattern with its validated parameters in a fixed order, so that all spellings of a request
 * share one entry. It does not use the raw path, which decoding could turn into the key of another document.
 */
function keyOf(c: Context<AppEnv>, parameters: Parameters): string {
  const url = new URL(routePath(c), c.get('ctx').env.PUBLIC_API_URL)
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  url.searchParams.sort()
  return url.href
}

/** Runs a call to the cache; undefined when it fails, so that a failing cache fails no request. */
async function attempt<T>(ctx: Ctx, operation: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    ctx.log.warn('edge-cache-failed', { operation, error })
    return undefined
  }
}

/** A JSON body with its strong ETag; `madeAt` is in milliseconds since the epoch. */
type Entry = { text: string; etag: string; madeAt: number }

async function makeEntry(body: unknown, madeAt: Date): Promise<Entry> {
  const text = JSON.stringify(body)
  return { text, etag: `"${await sha256Hex(text)}"`, madeAt: madeAt.getTime() }
}

/**
 * Fresh entries that this isolate has just read, by raw URL. A rush on one page is answered from here, without validating
 * the request again, and asks the edge cache only once a second.
 */
const recentEntries = new Map<string, { entry: Entry; readAt: number }>()
const RECENT_MS = 1_000
const RECENT_MAX = 100

const ageOf = ({ madeAt }: Entry, now: Date): number => Math.max(0, Math.floor((now.getTime() - madeAt) / 1_000))

function findRecent(url: string, now: Date): Entry | undefined {
  const found = recentEntries.get(url)
  if (found === undefined) return undefined
  if (now.getTime() - found.readAt < RECENT_MS && ageOf(found.entry, now) < FRESH_SECONDS) return found.entry
  recentEntries.delete(url)
  return undefined
}

function keepRecent(url: string, entry: Entry, now: Date): void {
  const [oldest] = recentEntries.keys()
  if (recentEntries.size === RECENT_MAX && oldest !== undefined) recentEntries.delete(oldest)
  recentEntries.set(url, { entry, readAt: now.getTime() })
}

const answer = (c: Context<AppEnv>, { text, etag }: Entry, origin: 'hit' | 'stale' | 'miss', age: number): Response =>
  c.body(text, 200, {
    'Content-Type': 'application/json',
    'Cache-Control': CACHE_CONTROL,
    ETag: etag,
    Age: String(age),
    'X-Cache': origin,
  })

/** The middleware for a route that answers with `cachedAtEdge`. */
export const cached = every(
  revalidated,
  createMiddleware<AppEnv>(async (c, next) => {
    const now = c.get('ctx').now()
    const entry = findRecent(c.req.url, now)
    return entry === undefined ? next() : answer(c, entry, 'hit', ageOf(entry, now))
  }),
)

async function find(ctx: Ctx, key: string): Promise<Entry | undefined> {
  const stored = await attempt(ctx, 'match', () => caches.default.match(key))
  const text = stored && (await attempt(ctx, 'read', () => stored.text()))
  if (stored === undefined || text === undefined) return undefined
  return { text, etag: stored.headers.get('ETag') ?? '', madeAt: Number(stored.headers.get(STORED_AT)) }
}

async function store(ctx: Ctx, key: string, { text, etag, madeAt }: Entry): Promise<void> {
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': `public, max-age=${FRESH_SECONDS + STALE_SECONDS}`,
    ETag: etag,
    [STORED_AT]: String(madeAt),
  }
  await attempt(ctx, 'put', () => caches.default.put(key, new Response(text, { headers })))
}

/** The keys that this isolate is renewing, and since when, so that a renewal that was cut off does not block others. */
const renewals = new Map<string, number>()

/** Whether this request should renew the entry; false while another one does. */
function claimRenewal(key: string, now: Date): boolean {
  const running = renewals.get(key)
  if (running !== undefined && now.getTime() - running < STALE_SECONDS * 1_000) return false
  renewals.set(key, now.getTime())
  return true
}

async function renew(ctx: Ctx, key: string, load: () => Promise<unknown>, madeAt: Date): Promise<void> {
  try {
    await store(ctx, key, await makeEntry(await load(), madeAt))
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error
    // What was cached cannot be read any more, as when a product was withdrawn: the next caller must see that.
    await attempt(ctx, 'delete', () => caches.default.delete(key))
  } finally {
    renewals.delete(key)
  }
}

/**
 * Answers a public GET from the edge cache, or with what `load` returns, and sets the cache headers. `parameters` are the
 * validated parameters that the answer depends on; nothing else of the URL makes another entry. `beforeLoad` runs when
 * the cache has no answer, and may refuse the caller. Errors are never cached. The route needs the middleware `cached`.
 */
export async function cachedAtEdge<T>(
  c: Context<AppEnv>,
  parameters: Parameters,
  load: () => Promise<T>,
  beforeLoad?: () => Promise<void>,
): Promise<Response & TypedResponse<T, 200, 'json'>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its JSON is that of a T
  return (await answerFromEdge(c, parameters, load, beforeLoad)) as Response & TypedResponse<T, 200, 'json'>
}

async function answerFromEdge(
  c: Context<AppEnv>,
  parameters: Parameters,
  load: () => Promise<unknown>,
  beforeLoad?: () => Promise<void>,
): Promise<Response> {
  const ctx = c.get('ctx')
  const key = keyOf(c, parameters)
  const found = await find(ctx, key)
  const now = ctx.now()
  const age = found === undefined ? Infinity : ageOf(found, now)
  if (found === undefined || age >= FRESH_SECONDS + STALE_SECONDS) {
    await beforeLoad?.()
    const made = await makeEntry(await load(), now)
    ctx.defer('store-in-edge-cache', () => store(ctx, key, made))
    return answer(c, made, 'miss', 0)
  }
  if (age >= FRESH_SECONDS) {
    if (claimRenewal(key, now)) ctx.defer('renew-edge-cache', () => renew(ctx, key, load, now))
    return answer(c, found, 'stale', age)
  }
  keepRecent(c.req.url, found, now)
  return answer(c, found, 'hit', age)
}
