import { env } from 'cloudflare:test'
import { expect, test } from 'vitest'

test('a picture may be shown by any storefront, is cached, and can run nothing', async () => {
  const answer = await env.ASSETS.fetch('http://shop.test/images/products/cork-notebook.svg')
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/svg+xml',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'cache-control': 'public, max-age=86400, stale-while-revalidate=604800',
    'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  })
  expect(answer.headers.get('Content-Security-Policy')).toMatch(/default-src 'none'.*sandbox/)
  expect(answer.headers.get('ETag')).not.toBeNull()
})

test('the script of the documentation page has the headers of a static file', async () => {
  const answer = await env.ASSETS.fetch('http://shop.test/docs/initializer.js')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin')
})

test('what is not there is not there', async () => {
  expect((await env.ASSETS.fetch('http://shop.test/images/products/no-such.svg')).status).toBe(404)
})
