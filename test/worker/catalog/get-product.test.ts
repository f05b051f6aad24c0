import { afterEach, describe, expect, test, vi } from 'vitest'
import { createClient, expectProblem } from '../support/client.ts'
import { countRoundTrips } from '../support/shop.ts'
import { addPrice, createProduct } from './products.ts'

const client = createClient()

afterEach(() => {
  vi.useRealTimers()
})

const at = (moment: string) => vi.useFakeTimers({ toFake: ['Date'], now: new Date(moment) })

describe('the page of a product', () => {
  test('has everything about it, from one round trip', async () => {
    const product = await createProduct({
      title: 'Bowl',
      headline: 'For soup',
      description: ['Thrown **by hand**.', '- one\n- two'],
      images: [{ url: 'https://cdn.example.com/b.svg' }, { url: '/images/a.svg', caption: 'Main', isMain: true }],
      skus: [
        { color: 'Sea', size: 'M', onHand: 7, reserved: 3, prices: [{ amount: 2_000 }] },
        { onHand: null, prices: [{ amount: 1_500 }] },
      ],
    })
    const { result, roundTrips, statements } = await countRoundTrips(() => client.get(`/v1/products/${product.slug}`))
    expect({ roundTrips, statements }).toEqual({ roundTrips: 1, statements: 1 })
    const main = { url: 'http://shop.test/images/a.svg', caption: 'Main' }
    expect(result.json).toMatchObject({
      id: product.id,
      slug: product.slug,
      title: 'Bowl',
      headline: 'For soup',
      image: main,
      images: [main, { url: 'https://cdn.example.com/b.svg', caption: '' }],
      price_from: { amount: 1_500, currency: 'usd' },
      description_parts_html: ['<p>Thrown <strong>by hand</strong>.</p>', '<ul>\n<li>one</li>\n<li>two</li>\n</ul>'],
      description_html: '<p>Thrown <strong>by hand</strong>.</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>',
    })
    const [first, second] = product.skuIds
    expect(result.json.skus).toMatchObject([
      {
        id: first,
        color: 'Sea',
        size: 'M',
        price: { amount: 2_000, currency: 'usd' },
        inventory_state: 'in_stock',
        available: true,
        available_quantity: 4,
      },
      {
        id: second,
        color: null,
        size: null,
        price: { amount: 1_500, currency: 'usd' },
        available: true,
        available_quantity: null,
      },
    ])
  })

  test('says of every SKU whether it can be bought now', async () => {
    const product = await createProduct({
      skus: [
        { onHand: 5, reserved: 5 },
        { onHand: null, inventoryState: 'out_of_stock' },
        { onHand: 250 },
        { onHand: 3, inventoryState: 'back_ordered' },
        { onHand: null, prices: [] },
        { onHand: null, prices: [{ amount: 5, currency: 'eur' }] },
      ],
    })
    const { json } = await client.get(`/v1/products/${product.slug}`)
    expect(json.skus.map((sku: Record<string, unknown>) => [sku['available'], sku['available_quantity']])).toEqual([
      [false, 0],
      [false, 0],
      [true, 99],
      [true, 3],
      [false, 0],
      [false, 0],
    ])
  })

  test('shows a SKU that stands in two products on both pages', async () => {
    const answers = await Promise.all(
      ['stoneware-mug', 'beeswax-candle'].map((slug) => client.get(`/v1/products/${slug}`)),
    )
    const [mug, candle] = answers.map((answer) =>
      answer.json.skus.find((sku: { code: string }) => sku.code === 'GIFT-SET'),
    )
    expect(mug).toBeDefined()
    expect(candle).toEqual(mug)
  })

  test('is not there for drafts, archived products and unknown addresses', async () => {
    for (const status of ['draft', 'archived']) {
      const { slug } = await createProduct({ status })
      expectProblem(await client.get(`/v1/products/${slug}`), 404, 'not-found')
    }
    expectProblem(await client.get('/v1/products/no-such-product'), 404, 'not-found')
    expectProblem(await client.get(`/v1/products/${'x'.repeat(2_000)}`), 422, 'validation-failed')
    expectProblem(
      await client.get(`/v1/products/${encodeURIComponent("'; drop table products; --")}`),
      404,
      'not-found',
    )
    expectProblem(await client.get('/v1/products/%00'), 422, 'validation-failed')
  })
})

describe('a description', () => {
  test('cannot bring scripts into the page', async () => {
    const attack = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '[a](javascript:alert(1)) [b](JaVaScRiPt&colon;alert(1)) [c](data:text/html,x) [d](vbscript:x)',
      '![e](javascript:alert(1)) ![f](data:image/svg+xml,<svg onload=alert(1)>)',
      '<javascript:alert(1)>',
      '[g](https://example.com/?a=b" onmouseover="alert(1))',
      '[h]: javascript:alert(1)\n\n[h]',
      '</p><iframe src="https://example.com"></iframe>',
    ].join('\n\n')
    const { slug } = await createProduct({ description: [attack, attack] })
    const { json } = await client.get(`/v1/products/${slug}`)
    const tags: string[] = json.description_html.match(/<[^>]*>/g)
    expect(new Set(tags.map((tag) => /^<\/?([^\s>/]*)/.exec(tag)?.[1]))).toEqual(new Set(['p', 'a', 'img']))
    for (const tag of tags) expect(tag).not.toMatch(/script|data:|\son\w+=/i)
    expect(json.description_html).toContain('&lt;script&gt;')
  })
})

describe('a scheduled price', () => {
  test('holds from its moment on, on the page and in lists', async () => {
    const product = await createProduct({
      title: `Tray ${Math.random().toString(36).slice(2)}x`,
      skus: [{ prices: [{ amount: 1_000 }] }],
    })
    await addPrice(product.skuIds[0]!, { amount: 700, from: '2031-05-01T12:00:00.000Z' })
    await addPrice(product.skuIds[0]!, { amount: 1_300, from: '2031-06-01T00:00:00.000Z' })
    const prices = async () => {
      const page = await client.get(`/v1/products/${product.slug}`)
      // Asked for differently each time, so that no answer comes from the cache.
      const list = await client.get(
        `/v1/products?q=${encodeURIComponent(product.title)}&max_price=${2_000 + (Date.now() % 1_000_000_007)}`,
      )
      return [page.json.skus[0].price.amount, list.json.items[0].price_from.amount]
    }
    at('2031-05-01T11:59:59.999Z')
    expect(await prices()).toEqual([1_000, 1_000])
    at('2031-05-01T12:00:30.000Z')
    expect(await prices()).toEqual([700, 700])
    at('2031-05-31T23:59:59.999Z')
    expect(await prices()).toEqual([700, 700])
    at('2031-06-01T00:00:30.000Z')
    expect(await prices()).toEqual([1_300, 1_300])
  })
})
