import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { createClient, expectProblem } from '../support/client.ts'
import { countRoundTrips } from '../support/shop.ts'
import { createProduct, type SkuGiven, uniqueWord } from './products.ts'

const SORTS = ['newest', 'title', 'price', '-price'] as const

type Item = { id: string; slug: string; title: string; price_from: { amount: number; currency: string } | null }

const client = createClient()

async function list(query: Record<string, string | number>): Promise<{ items: Item[]; next_cursor: string | null }> {
  const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  const answer = await client.get(`/v1/products?${parameters.toString()}`)
  expect({ status: answer.status, body: answer.text }).toMatchObject({ status: 200 })
  return answer.json
}

async function walk(query: Record<string, string | number>): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const page = await list(cursor === null ? query : { ...query, cursor })
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return items
}

const slugs = (items: Item[]): string[] => items.map((item) => item.slug).toSorted()

describe('pages', () => {
  const word = uniqueWord()
  const made: { id: string; slug: string }[] = []

  beforeAll(async () => {
    // Titles and prices that repeat, and products without a price: where keysets go wrong.
    for (let n = 0; n < 23; n++) {
      const prices = n % 5 === 0 ? [] : [{ amount: 500 * (n % 4) }]
      const title = `${['Zest', 'ante', 'Ärmel', "O'Hara", 'Zest'][n % 5]} ${word}`
      made.push(await createProduct({ title, skus: [{ prices }] }))
    }
    await createProduct({ title: `Draft ${word}`, status: 'draft' })
    await createProduct({ title: `Archived ${word}`, status: 'archived' })
  })

  test.each(SORTS)('walking page by page sorted by %s shows every active product once', async (sort) => {
    for (const limit of [1, 4, 23, 50]) {
      const items = await walk({ q: word, sort, limit })
      expect(items).toHaveLength(made.length)
      expect(slugs(items)).toEqual(made.map((product) => product.slug).toSorted())
    }
  })

  test('the default shows the newest first', async () => {
    const items = await walk({ q: word, limit: 7 })
    expect(items.map((item) => item.id)).toEqual(made.map((product) => product.id).toReversed())
  })

  test('sorts are in order, and products without a price come last both ways', async () => {
    const titles = (await walk({ q: word, sort: 'title', limit: 5 })).map((item) => item.title)
    expect(titles).toEqual(titles.toSorted())
    const cheapestFirst = (await walk({ q: word, sort: 'price', limit: 5 })).map((item) => item.price_from?.amount)
    const dearestFirst = (await walk({ q: word, sort: '-price', limit: 5 })).map((item) => item.price_from?.amount)
    const priced = cheapestFirst.filter((amount) => amount !== undefined)
    expect(cheapestFirst.slice(0, priced.length)).toEqual(priced.toSorted((a, b) => a - b))
    expect(dearestFirst.slice(0, priced.length)).toEqual(priced.toSorted((a, b) => b - a))
    expect(priced.length).toBeLessThan(made.length)
  })

  test('a page that ends exactly at the last product has no next one', async () => {
    expect((await list({ q: word, limit: 23, sort: 'title' })).next_cursor).toBeNull()
    expect((await list({ q: word, limit: 22, sort: 'title' })).next_cursor).not.toBeNull()
  })

  test.each([1, 50])('a page of %i takes one round trip, and none when it is asked for again', async (limit) => {
    const path = `/v1/products?q=${word}&limit=${limit}&sort=-price&max_price=99999`
    const miss = await countRoundTrips(() => client.get(path))
    expect(miss.result.headers.get('X-Cache')).toBe('miss')
    expect(miss).toMatchObject({ roundTrips: 1, statements: 1 })
    const hit = await countRoundTrips(() => client.get(path))
    expect(hit.result.headers.get('X-Cache')).toBe('hit')
    expect(hit.roundTrips).toBe(0)
    expect(hit.result.text).toBe(miss.result.text)
  })
})

describe('an item', () => {
  test('has the main image with its whole address and the lowest current price of its SKUs', async () => {
    const word = uniqueWord()
    const product = await createProduct({
      title: `Lamp ${word}`,
      headline: 'Light',
      images: [{ url: '/images/second.svg' }, { url: '/images/main.svg', caption: 'Lit', isMain: true }],
      skus: [
        { prices: [{ amount: 900 }] },
        {
          prices: [
            { amount: 800, from: '2020-01-01' },
            { amount: 850, from: '2021-01-01' },
          ],
        },
        { prices: [{ amount: 1, from: '2100-01-01' }] },
        { prices: [{ amount: 2, currency: 'eur' }] },
      ],
    })
    expect((await list({ q: word })).items).toEqual([
      {
        id: product.id,
        slug: product.slug,
        title: product.title,
        headline: 'Light',
        image: { url: 'http://shop.test/images/main.svg', caption: 'Lit' },
        price_from: { amount: 850, currency: 'usd' },
      },
    ])
  })

  test('has null for an image or a price that is not there', async () => {
    const word = uniqueWord()
    await createProduct({ title: word, skus: [] })
    expect((await list({ q: word })).items).toMatchObject([{ image: null, price_from: null }])
  })
})

describe('search', () => {
  test('finds words of title, headline and description, and the beginning of the last one', async () => {
    const word = uniqueWord()
    const product = await createProduct({
      title: `Olive-wood board ${word}`,
      headline: 'Ünique grain',
      description: ['For **bread**', 'Keeps 12.5 years'],
    })
    const phrases = ['olive', 'OLIVE wo', 'olive-wo', 'ünique', 'bread gra', '12.5', '"wood board"', 'board -steel']
    for (const phrase of phrases) {
      expect(slugs((await list({ q: `${word} ${phrase}` })).items), phrase).toEqual([product.slug])
    }
    expect(slugs((await list({ q: `nosuchword or ${word}` })).items)).toEqual([product.slug])
    for (const phrase of ['steel', 'ood', '"board wood"', '-bread'])
      expect((await list({ q: `${word} ${phrase}` })).items, phrase).toEqual([])
    expect(slugs((await list({ q: word.slice(0, -1) })).items)).toContain(product.slug)
  })

  test('takes whatever is typed', async () => {
    const typed = [
      "'",
      "':*",
      '&|!()<->',
      '\\',
      '"',
      '"a',
      '-',
      'or',
      "a':*|b",
      '😀',
      '%',
      '   ',
      '\u{301}',
      'a'.repeat(100),
    ]
    for (const q of typed) expect((await list({ q, limit: 1 })).items.length).toBeLessThanOrEqual(1)
    const anything = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', ' '))
    await fc.assert(
      fc.asyncProperty(anything, async (q) => {
        expect((await list({ q, limit: 1 })).items.length).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('filters', () => {
  test('are met by one SKU that meets all of them', async () => {
    const word = uniqueWord()
    const make = (skus: SkuGiven[]) => createProduct({ title: word, skus })
    const red = await make([{ color: 'Red', size: 'S', onHand: 1, prices: [{ amount: 1_000 }] }])
    const mixed = await make([
      { color: 'Red', size: 'L', onHand: 0, prices: [{ amount: 2_000 }] },
      { color: 'Blue', size: 'S', onHand: null, prices: [{ amount: 3_000 }] },
    ])
    const gone = await make([{ color: 'Red', size: 'S', inventoryState: 'out_of_stock', prices: [{ amount: 1_500 }] }])
    const promised = await make([{ color: 'Green', onHand: 2, reserved: 2 }])
    const unpriced = await make([{ color: 'Green', onHand: 2, prices: [] }])

    const found = async (query: Record<string, string | number>) => slugs((await list({ q: word, ...query })).items)
    const these = (...products: { slug: string }[]) => products.map((product) => product.slug).toSorted()
    expect(await found({ color: 'red' })).toEqual(these(red, mixed, gone))
    expect(await found({ color: 'RED', size: 's' })).toEqual(these(red, gone))
    expect(await found({ color: 'red', in_stock: 'true' })).toEqual(these(red))
    expect(await found({ in_stock: 'true' })).toEqual(these(red, mixed))
    expect(await found({ in_stock: 'false' })).toEqual(these(red, mixed, gone, promised, unpriced))
    expect(await found({ min_price: 1_500, max_price: 2_500 })).toEqual(these(mixed, gone))
    expect(await found({ min_price: 2_500, color: 'red' })).toEqual([])
    expect(await found({ color: '', size: '' })).toEqual(these(red, mixed, gone, promised, unpriced))
  })
})

describe('what cannot be understood', () => {
  const bad: string[] = ['limit=0', 'limit=51', 'limit=1.5', 'limit=many', 'sort=cheap', 'in_stock=yes', 'min_price=-1']
  test.each([...bad, 'max_price=2147483648', 'q=a&q=b', `q=${'a'.repeat(101)}`])('%s is refused', async (query) => {
    const problem = expectProblem(await client.get(`/v1/products?${query}`), 422, 'validation-failed')
    expect(problem.errors).not.toEqual([])
  })

  const encode = (value: unknown): string =>
    btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  const id = '00000000-0000-7000-8000-000000000000'
  const cursors: [string, string, string][] = [
    ['is no text of ours', 'newest', 'x'],
    ['holds nothing', 'newest', encode(null)],
    ['has no id', 'newest', encode(['newest', null, 'not-an-id'])],
    ['belongs to another sort', 'newest', encode(['title', 'A', id])],
    ['belongs to the default sort', 'title', encode(['newest', null, id])],
    ['holds a NUL', 'title', encode(['title', 'A\0', id])],
    ['holds half a character', 'title', encode(['title', '\ud800', id])],
    ['holds words for a number', 'price', encode(['price', '1; drop table products', id])],
    ['holds a number too large', 'price', encode(['price', 99_999_999_999, id])],
    ['comes from the other end', '-price', encode(['price', 5, id])],
  ]
  test.each(cursors)('a cursor that %s is refused', async (_, sort, cursor) => {
    expectProblem(await client.get(`/v1/products?sort=${sort}&cursor=${cursor}`), 400, 'invalid-cursor')
  })
})
