import { describe, expect, test } from 'vitest'
import { deviceName } from '../../../src/features/sessions/device-name.ts'
import { expectProblem } from '../support/client.ts'
import { countRoundTrips, db } from '../support/shop.ts'
import { openBrowser, PASSWORD, registerMember, sessionsOf, signInElsewhere } from '../support/accounts.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

describe("a member's sessions", () => {
  test('are listed with device and time, the newest first, in one round trip', async () => {
    const { client, username, id } = await registerMember()
    const phone = await openBrowser()
    const login = { login: username, password: PASSWORD }
    expect((await phone.post('/v1/auth/login', login, { 'User-Agent': FIREFOX })).status).toBe(200)
    await db`INSERT INTO sessions (member_id, refresh_hash, expires_at) VALUES (${id}, 'x', now() - interval '1 second')`
    const { result, roundTrips } = await countRoundTrips(() => client.get('/v1/account/sessions'))
    expect(roundTrips).toBe(1)
    expect(result.json).toEqual({
      items: [
        {
          id: expect.any(String),
          device: 'Firefox on Linux',
          created_at: expect.stringMatching(/Z$/),
          last_seen_at: expect.stringMatching(/Z$/),
          expires_at: expect.stringMatching(/Z$/),
          current: false,
        },
        expect.objectContaining({ current: true }),
      ],
      next_cursor: null,
    })
  })

  test('are listed page by page', async () => {
    const { client, username } = await registerMember()
    await signInElsewhere(username)
    await signInElsewhere(username)
    const first = (await client.get('/v1/account/sessions?limit=2')).json
    const second = (await client.get(`/v1/account/sessions?limit=2&cursor=${first.next_cursor}`)).json
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([2, 1, null])
    expect(new Set([...first.items, ...second.items].map((item) => item.id)).size).toBe(3)
    expectProblem(await client.get('/v1/account/sessions?cursor=x'), 400, 'invalid-cursor')
  })

  test('can be ended one by one, at once', async () => {
    const { client, username } = await registerMember()
    const elsewhere = await signInElsewhere(username)
    const { items } = (await client.get('/v1/account/sessions')).json
    const other = items.find((item: { current: boolean }) => !item.current).id
    expect((await client.delete(`/v1/account/sessions/${other}`)).status).toBe(204)
    expectProblem(await elsewhere.get('/v1/account/sessions'), 401, 'session-ended')
    expectProblem(await elsewhere.post('/v1/auth/refresh'), 401, 'session-ended')
    expectProblem(await client.delete(`/v1/account/sessions/${other}`), 404, 'not-found')
    const own = items.find((item: { current: boolean }) => item.current).id
    expect((await client.delete(`/v1/account/sessions/${own}`)).status).toBe(204)
    expect(client.cookies.get('mercat_refresh')).toBeUndefined()
    expectProblem(await client.get('/v1/account/sessions'), 401, 'not-authenticated')
  })

  test('cannot be ended by another member', async () => {
    const [one, two] = [await registerMember(), await registerMember()]
    const [session] = await sessionsOf(two.id)
    expectProblem(await one.client.delete(`/v1/account/sessions/${session!.id}`), 404, 'not-found')
    expect((await two.client.get('/v1/account/sessions')).json.items).toHaveLength(1)
  })
})

test.each([
  [FIREFOX, 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604',
    'Safari on iPhone',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/19.0 Safari/605', 'Safari on macOS'],
  ['curl/8.5.0', 'curl'],
  ['Shop App 2/1.0 (build 7)', 'Shop App 2'],
  ['<script>/1', 'Unknown device'],
  ['', 'Unknown device'],
])('the browser that calls itself "%s" is shown as %s', (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name)
})
