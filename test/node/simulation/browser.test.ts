import { expect, test } from 'vitest'
import { z } from 'zod'
import { PatientBrowser } from '../../../proof/simulation/actors/browser.ts'
import { planOf } from '../../../proof/simulation/search.ts'
import { World } from '../../../proof/simulation/world/world.ts'

const methods = z.object({ items: z.array(z.string()) })

async function read(answer: Response) {
  const world = new World(planOf(1))
  const platform = { fetch: () => Promise.resolve(answer) }
  const browser = new PatientBrowser(world, platform, { name: 'member', number: 0, member: 0 })
  const found = await browser.ask(methods, 'GET', '/v1/shipping-methods')
  return { found, violations: world.violations }
}

test('a customer reads an answer of the API', async () => {
  expect(await read(Response.json({ items: ['standard'] }))).toEqual({
    found: { items: ['standard'] },
    violations: [],
  })
})

test('a refusal is nothing to be read', async () => {
  expect(await read(Response.json({ code: 'not-found' }, { status: 404 }))).toEqual({
    found: undefined,
    violations: [],
  })
})

test('an answer in another form than the customer expects breaks the run', async () => {
  const { found, violations } = await read(Response.json({ data: ['standard'] }))
  expect(found).toBeUndefined()
  expect(violations).toEqual([expect.stringMatching(/^member: GET \/v1\/shipping-methods answered in another form/)])
})
