import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import type { Ctx } from '../context.ts'
import { isAppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'

/** An answer is served as it is for so long, … */
const FRESH_SECONDS = 5
/** … and for so long after that while it is made anew in the background. */
const STALE_SECONDS = 10

const STORED_AT = 'X-Stored-At'

// With `Age` a browser counts from when the answer was made, so both caches together keep to the limits above.
const CACHE_CONTROL = `public, max-age=${FRESH_SECONDS}, stale-while-revalidate=${STALE_SECONDS}`

/** Middleware: a strong ETag, the digest of the body, and 304 to the client that has it already. */
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

/** The `headers` of a cached answer's entry in the OpenAPI document. */
export const edgeCacheHeaders = z.object({
  ETag: z.string().openapi({ description: 'Send it back as `If-None-Match`' }),
  Age: z.string().openapi({ description: 'Seconds since the answer was made' }),
  'X-Cache': z.enum(['hit', 'stale', 'miss']).openapi({
    description:
      'Where the answer came from: the edge cache, the edge cache while it is being renewed, or the database',
  }),
})

type Query = Record<string, string | number | boolean | undefined>

/** One address for all ways to ask the same: known parameters only, validated, in a fixed order. */
function keyOf(c: Context<AppEnv>, query: Query): string {
  const url = new URL(c.req.path, c.get('ctx').env.PUBLIC_API_URL)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
  url.searchParams.sort()
  return url.href
}

/** A cache that fails is a cache that has nothing: no request fails because of it. */
async function attempt<T>(ctx: Ctx, operation: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    ctx.log.warn('edge-cache-failed', { operation, error })
    return undefined
  }
}

async function find(ctx: Ctx, key: string): Promise<{ stored: Response; age: number } | undefined> {
  const stored = await attempt(ctx, 'match', () => caches.default.match(key))
  if (stored === undefined) return undefined
  const age = Math.floor((ctx.now().getTime() - Number(stored.headers.get(STORED_AT))) / 1_000)
  return age < FRESH_SECONDS + STALE_SECONDS ? { stored, age: Math.max(0, age) } : undefined
}

async function store(ctx: Ctx, key: string, body: unknown, madeAt: Date): Promise<void> {
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': `public, max-age=${FRESH_SECONDS + STALE_SECONDS}`,
    [STORED_AT]: String(madeAt.getTime()),
  }
  await attempt(ctx, 'put', () => caches.default.put(key, new Response(JSON.stringify(body), { headers })))
}

/** Keys that this isolate is renewing, and since when: a renewal whose request was cut off must not block the next. */
const renewals = new Map<string, number>()

async function renew(ctx: Ctx, key: string, load: () => Promise<unknown>): Promise<void> {
  const madeAt = ctx.now()
  const running = renewals.get(key)
  if (running !== undefined && madeAt.getTime() - running < STALE_SECONDS * 1_000) return
  renewals.set(key, madeAt.getTime())
  try {
    await store(ctx, key, await load(), madeAt)
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error
    // It has been withdrawn since: the next caller shall hear so.
    await attempt(ctx, 'delete', () => caches.default.delete(key))
  } finally {
    renewals.delete(key)
  }
}

/**
 * The body of a public GET answer, from the edge cache or from `load`, with the headers that tell about it. `query` is
 * what was validated: what else stands in the address does not make another entry. An error of `load` is never cached.
 */
export async function cachedAtEdge<T>(c: Context<AppEnv>, query: Query, load: () => Promise<T>): Promise<T> {
  const ctx = c.get('ctx')
  const key = keyOf(c, query)
  const describe = (origin: 'hit' | 'stale' | 'miss', age: number) => {
    c.header('Cache-Control', CACHE_CONTROL)
    c.header('Age', String(age))
    c.header('X-Cache', origin)
  }
  const found = await find(ctx, key)
  const kept = found && (await attempt(ctx, 'read', () => found.stored.json<T>()))
  if (found !== undefined && kept !== undefined) {
    const isFresh = found.age < FRESH_SECONDS
    if (!isFresh) ctx.defer('renew-edge-cache', renew(ctx, key, load))
    describe(isFresh ? 'hit' : 'stale', found.age)
    return kept
  }
  const madeAt = ctx.now()
  const body = await load()
  ctx.defer('store-in-edge-cache', store(ctx, key, body, madeAt))
  describe('miss', 0)
  return body
}
