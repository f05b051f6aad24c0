import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient, expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase } from '../support/shop.ts'
import { createProduct } from './products.ts'

const ORIGIN = { Origin: 'http://storefront.test' }
const START = Date.parse('2028-03-01T10:00:00Z')

const client = createClient()

let product: Awaited<ReturnType<typeof createProduct>>
let path: string

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  product = await createProduct({ title: 'Before' })
  path = `/v1/products/${product.slug}`
})

afterEach(async () => {
  await clearDatabaseFaults()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const secondsLater = (seconds: number) => vi.setSystemTime(START + seconds * 1_000)
const rename = (title: string) => db`UPDATE products SET title = ${title} WHERE id = ${product.id}`

async function get(headers: Record<string, string> = {}) {
  const { status, text, headers: answered } = await client.get(path, headers)
  return {
    status,
    text,
    headers: answered,
    cache: answered.get('X-Cache'),
    etag: answered.get('ETag') ?? '',
    title: (): string => JSON.parse(text).title,
  }
}

describe('the edge cache', () => {
  test('answers again without the database for five seconds', async () => {
    expect((await get()).cache).toBe('miss')
    secondsLater(4.9)
    const { result, roundTrips } = await countRoundTrips(() => get())
    expect(result.cache).toBe('hit')
    expect(result.headers.get('Age')).toBe('4')
    expect(result.headers.get('Cache-Control')).toBe('public, max-age=5, stale-while-revalidate=10')
    expect(roundTrips).toBe(0)
  })

  test('is asked once a second by an isolate, however many ask for the same address', async () => {
    await get()
    await get()
    const match = vi.spyOn(caches.default, 'match')
    secondsLater(0.9)
    for (const _ of [1, 2, 3]) expect((await get()).cache).toBe('hit')
    expect(match).not.toHaveBeenCalled()
    secondsLater(1)
    expect((await get()).headers.get('Age')).toBe('1')
    expect(match).toHaveBeenCalledTimes(1)
    expect((await client.get(`${path}?utm_term=1`)).headers.get('X-Cache')).toBe('hit')
    expect(match).toHaveBeenCalledTimes(2)
  })

  test('then answers what it has once more while one renewal runs, and shows the change to the next', async () => {
    await get()
    await rename('After')
    secondsLater(6)
    const { result, roundTrips } = await countRoundTrips(() => Promise.all([get(), get(), get(), get(), get()]))
    for (const answer of result) expect([answer.cache, answer.title()]).toEqual(['stale', 'Before'])
    expect(roundTrips).toBe(1)
    const next = await get()
    expect([next.cache, next.title()]).toEqual(['hit', 'After'])
    expect(next.headers.get('Age')).toBe('0')
  })

  test('never answers with what is older than fifteen seconds', async () => {
    await get()
    await rename('After')
    secondsLater(15)
    const answer = await get()
    expect([answer.cache, answer.title()]).toEqual(['miss', 'After'])
  })

  test('forgets a product that was withdrawn', async () => {
    await get()
    await db`UPDATE products SET status = 'archived' WHERE id = ${product.id}`
    secondsLater(6)
    expect((await get()).cache).toBe('stale')
    expectProblem(await client.get(path), 404, 'not-found')
  })

  test('keeps what it has when a renewal fails, and tries again', async () => {
    await get()
    await rename('After')
    secondsLater(6)
    await failDatabase('from products p where p.slug', 'before', 4)
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect((await get()).cache).toBe('stale')
    await clearDatabaseFaults()
    expect((await get()).cache).toBe('stale')
    expect((await get()).title()).toBe('After')
  })

  test('takes parameters that mean nothing for the same address, and order for no difference', async () => {
    await client.get(`/v1/products?q=${product.slug}&sort=title`)
    const same = [`sort=title&q=${product.slug}`, `q=${product.slug}&sort=title&limit=20&utm_source=mail&gclid=1`]
    for (const query of same) expect((await client.get(`/v1/products?${query}`)).headers.get('X-Cache')).toBe('hit')
    const other = await client.get(`/v1/products?q=${product.slug}&sort=price`)
    expect(other.headers.get('X-Cache')).toBe('miss')
    expect((await get()).cache).toBe('miss')
    expect((await client.get(`${path}?utm_term=1`)).headers.get('X-Cache')).toBe('hit')
  })

  test('answers no address with the document of another, however the path is written', async () => {
    for (const warm of ['/v1/terms/use', '/v1/terms/sale', '/v1/products', path]) await client.get(warm)
    const way = fc.constantFrom('%5C', '%5c', '%2F', '%252F', '%255C', '/', '\\')
    const step = fc.constantFrom(
      '..',
      '%2E%2E',
      '.',
      '',
      'terms',
      'use',
      'products',
      'v1',
      'x',
      '%3F',
      '%23',
      product.slug,
    )
    const hostile = fc
      .array(fc.tuple(way, step), { minLength: 1, maxLength: 6 })
      .map((steps) => `/v1/products/foo${steps.map((parts) => parts.join('')).join('')}`)
      // What a browser or proxy resolves before it asks is another address, and asks for another document.
      .filter((asked) => new URL(asked, 'http://shop.test').pathname.startsWith('/v1/products/foo'))
    await fc.assert(
      fc.asyncProperty(hostile, async (address) => {
        const answer = await client.get(address)
        expect([answer.status, answer.headers.get('X-Cache')], address).toEqual([404, null])
      }),
      { numRuns: 60, examples: [['/v1/products/foo%5C..%5C..%5Cterms%5Cuse'], ['/v1/products/foo%5C..']] },
    )
  })

  test('deletes nothing but what was withdrawn', async () => {
    await client.get('/v1/terms/use')
    const slug = String.raw`foo\..\..\terms\use`
    await db`UPDATE products SET slug = ${slug} WHERE id = ${product.id}`
    const address = `/v1/products/${encodeURIComponent(slug)}`
    expect((await client.get(address)).json).toMatchObject({ slug })
    await db`UPDATE products SET status = 'archived' WHERE id = ${product.id}`
    secondsLater(6)
    expect((await client.get(address)).headers.get('X-Cache')).toBe('stale')
    expectProblem(await client.get(address), 404, 'not-found')
    expect((await client.get('/v1/terms/use')).headers.get('X-Cache')).toBe('stale')
  })

  test('never keeps an error', async () => {
    await db`UPDATE products SET status = 'draft' WHERE id = ${product.id}`
    const refused = await client.get(path)
    expectProblem(refused, 404, 'not-found')
    expect(refused.headers.get('Cache-Control')).toBe('no-store')
    expect(refused.headers.get('X-Cache')).toBeNull()
    await db`UPDATE products SET status = 'active' WHERE id = ${product.id}`
    expect((await get()).cache).toBe('miss')
  })

  test('keeps no header that belongs to one request', async () => {
    const first = await get({ ...ORIGIN, 'X-Request-ID': 'the-first-request' })
    expect(first.headers.get('Access-Control-Allow-Origin')).toBe('http://storefront.test')
    const second = await get({ 'X-Request-ID': 'the-second-request' })
    expect(second.cache).toBe('hit')
    expect(second.headers.get('X-Request-ID')).toBe('the-second-request')
    expect(second.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(second.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    const third = await get(ORIGIN)
    expect(third.headers.get('Access-Control-Allow-Origin')).toBe('http://storefront.test')
  })

  test.each(['match', 'put'] as const)('fails no request when its %s fails', async (operation) => {
    vi.spyOn(caches.default, operation).mockRejectedValue(new Error('the cache is away'))
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    for (const _ of [1, 2]) expect((await get()).cache).toBe('miss')
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('edge-cache-failed'))
  })
})

describe('the ETag', () => {
  test('is strong, the same for the same content, and another one after a change', async () => {
    const first = await get()
    expect(first.etag).toMatch(/^"[0-9a-f]{40,}"$/)
    expect((await get()).etag).toBe(first.etag)
    secondsLater(30)
    expect((await get()).etag).toBe(first.etag)
    await rename('After')
    secondsLater(60)
    expect((await get()).etag).not.toBe(first.etag)
  })

  test('saves the client that sends it back the body, on a miss and on a hit', async () => {
    const { etag } = await get()
    secondsLater(30)
    for (const cache of ['miss', 'hit']) {
      const answer = await get({ 'If-None-Match': `"other", ${etag}`, ...ORIGIN })
      expect([answer.status, answer.text, answer.cache]).toEqual([304, '', cache])
      expect(answer.etag).toBe(etag)
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('http://storefront.test')
      expect(answer.headers.get('Cache-Control')).toContain('max-age=5')
      expect(answer.headers.get('X-Request-ID')).not.toBeNull()
    }
    expect((await get({ 'If-None-Match': '"other"' })).status).toBe(200)
  })

  test('comes with HEAD too', async () => {
    const { etag } = await get()
    const head = await client.call('HEAD', path)
    expect([head.status, head.text, head.headers.get('ETag')]).toEqual([200, '', etag])
  })
})
