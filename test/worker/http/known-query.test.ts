import { describe, expect, test } from 'vitest'
import { allSurfaces } from '../../../src/surfaces/shop.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'

const routes = allSurfaces()
  .flatMap(({ openAPIRegistry }) => openAPIRegistry.definitions)
  .flatMap((definition) => (definition.type === 'route' ? [definition.route] : []))

describe('a query parameter that the call does not know', () => {
  test.each(routes.map(({ method, path }) => [method.toUpperCase(), path]))(
    'is refused by %s %s',
    async (method, path) => {
      const client = await createVisitor()
      const answer = await client.call(method, `${path.replaceAll(/\{.+?\}/g, 'x')}?colour=red`, {
        json: method === 'GET' || method === 'DELETE' ? undefined : {},
      })
      expect(expectProblem(answer, 422, 'validation-failed').errors).toMatchObject([
        { field: 'colour', code: 'unknown-field' },
      ])
    },
  )

  test('is named with those that there are, each once', async () => {
    const answer = await createClient().get('/v1/products?colour=red&Q=mug&colour=blue&q=mug')
    const { errors } = expectProblem(answer, 422, 'validation-failed')
    expect(errors.map(({ field }: { field: string }) => field)).toEqual(['colour', 'Q'])
    expect(errors[0].message).toContain('color')
    expect((await createClient().call('HEAD', '/v1/products?Q=mug')).status).toBe(422)
    expect((await createClient().call('HEAD', '/v1/products?q=mug')).status).toBe(200)
  })

  test('is known however it is written', async () => {
    expect((await createClient().get('/v1/products?%6Cimit=1')).json.items).toHaveLength(1)
    expectProblem(await createClient().get('/v1/products?limit%20=1'), 422, 'validation-failed')
  })

  test.each(['utm_source=x&utm_campaign=y', 'gclid=1', 'fbclid=1', 'em_cd=a&pr_cd=b&mb_cd=c'])(
    'is passed over when links are tracked by it: %s',
    async (query) => {
      expect((await createClient().get(`/v1/products?limit=1&${query}`)).status).toBe(200)
    },
  )

  test('does not hide that there is nothing at an address', async () => {
    expectProblem(await createClient().get('/v1/nothing?colour=red'), 404, 'not-found')
    expect((await createClient().get('/docs?colour=red')).status).toBe(200)
  })
})
