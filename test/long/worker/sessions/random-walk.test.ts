import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { type Client, createClient } from '../../../worker/support/client.ts'
import { callerOf, createModel, jarOf, liveSessionsOf, memberOf, type Model } from './session-model.ts'
import { newName, openBrowser } from '../../../worker/support/accounts.ts'
import { BROWSERS, MEMBERS, type Real, walk } from './walk-commands.ts'

const WALKS = 8

afterEach(() => vi.useRealTimers())

const cookieHeader = ({ cookies }: Client) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

/** What a browser would see, asked without its noticing: reading the state of an ended session takes the cookies away. */
async function look(client: Client): Promise<{ member: string | null; sessions: string[] | number }> {
  const headers = { Cookie: cookieHeader(client) }
  const state = await createClient().get('/v1/auth/session', headers)
  const list = await createClient().get('/v1/account/sessions?limit=50', headers)
  return {
    member: state.json.member?.username ?? null,
    sessions: list.status === 200 ? list.json.items.map(({ id }: { id: string }) => id).toSorted() : list.status,
  }
}

function foresee(model: Model, { names }: Real, browser: number): Awaited<ReturnType<typeof look>> {
  const caller = callerOf(model, jarOf(model, browser))
  if (caller === undefined) return { member: null, sessions: 401 }
  const { member } = caller.session
  expect(memberOf(model, member).exists).toBe(true)
  return { member: names[member] ?? null, sessions: liveSessionsOf(model, member).toSorted() }
}

/** Cookies are those that the model says, refresh tokens to the generation; and who may come in, comes in. */
async function expectAgreement(model: Model, real: Real): Promise<void> {
  const seen = await Promise.all(real.browsers.map(look))
  expect(seen).toEqual(real.browsers.map((_, browser) => foresee(model, real, browser)))
  for (const [browser, { cookies }] of real.browsers.entries()) {
    const { access, refresh } = jarOf(model, browser)
    const [session, generation] = cookies.get('mercat_refresh')?.split('.') ?? []
    expect({ session, generation }).toEqual({
      session: refresh?.session,
      generation: refresh && String(refresh.generation),
    })
    expect(cookies.has('mercat_access')).toBe(access !== undefined)
  }
}

test('whatever members do in whatever order, exactly the tokens work that should', async () => {
  let walked = 0
  const property = fc.asyncProperty(walk, async ({ beginning, commands }) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const browsers = await Promise.all(Array.from({ length: BROWSERS }, () => openBrowser()))
    const real = { browsers, names: Array.from({ length: MEMBERS }, newName) }
    const model = createModel(Date.now(), MEMBERS, BROWSERS)
    await fc.asyncModelRun(
      () => ({ model, real }),
      [...beginning, ...commands].map((command) => ({
        check: (m: Model) => command.check(m),
        toString: () => command.toString(),
        async run(m: Model, r: Real) {
          await command.run(m, r)
          await expectAgreement(m, r)
          walked += 1
        },
      })),
    )
    vi.useRealTimers()
  })
  const seed = Math.floor(Math.random() * 2 ** 31)
  console.log(`random walk: seed ${seed}`)
  await fc.assert(property, { seed, numRuns: WALKS })
  console.log(`random walk: ${walked} steps`)
}, 120_000)
