import { beforeAll, describe, expect, test, vi } from 'vitest'
import { PROBLEMS } from '../../../src/shared/problems.ts'
import { addToCart, checkOut } from '../support/buyer.ts'
import {
  type Answer,
  type Client,
  createClient as createClientOf,
  createVisitor as createVisitorOf,
  expectProblem,
} from '../support/client.ts'
import { createMember, type TestMember } from '../support/member.ts'
import { createSku, db } from '../support/shop.ts'
import { deliver, pay, sessionEvent, stripe } from '../support/stripe.ts'
import { fingerprint, valuesOf } from './database.ts'
import { forgedTokens } from './forged-tokens.ts'
import { addressOf, bodyOf, type Operation, operations } from './operations.ts'

// Everything here follows from the OpenAPI document and the policies beside the routes: a new route is covered by them.
const forMembers = operations.filter(({ isForMembers }) => isForMembers)
const withCookies = operations.filter(({ isPublic }) => !isPublic)
/** Asks for a refresh token, which is not what makes a session known. */
const REFRESH = 'refreshSession'
const forShoppers = withCookies.filter(({ policy }) => policy.access === 'shopper')
const forOperators = operations.filter(({ isForOperators }) => isForOperators)
const forAnyone = withCookies.filter(
  ({ isForMembers, isForOperators, name }) => !isForMembers && !isForOperators && name !== REFRESH,
)
const changes = withCookies.filter(({ isChange }) => isChange)
const withBody = changes.filter(({ body }) => body !== undefined)
const withPath = operations.filter(({ parameters }) => parameters.some((parameter) => parameter.in === 'path'))

// No email: what the queue does later would look as if the request at hand had written something.
const nothing = async () => {}
const quiet = { EMAIL_QUEUE: { send: nothing, sendBatch: nothing, metrics: nothing } }
const createClient = () => createClientOf(quiet)
const createVisitor = () => createVisitorOf(quiet)

/** Waits until the queue has delivered what the tests of other files have sent: each message may write a second later. */
async function untilNothingWrites(): Promise<void> {
  let last = ''
  const isStill = async () => {
    const before = last
    last = JSON.stringify(await fingerprint())
    return last === before
  }
  await vi.waitUntil(isStill, { interval: 1_500, timeout: 30_000 })
}

beforeAll(untilNothingWrites, 40_000)

const problems: Record<string, { status: number }> = PROBLEMS

/** Refused with a problem whose code is known and has the status that it always has. */
function expectRefusal(answer: Answer, what: string): void {
  expect(answer.status, `${what}: ${answer.text}`).toBeGreaterThanOrEqual(400)
  expect(answer.status, `${what}: ${answer.text}`).toBeLessThan(500)
  const { code } = answer.json
  expect(problems, what).toHaveProperty(code)
  expectProblem(answer, problems[code]?.status ?? 0, code)
}

function expectCode(answer: Answer, status: number, code: string, what: string): void {
  expect({ what, status: answer.status, text: answer.text }).toMatchObject({ what, status })
  expectProblem(answer, status, code)
}

async function expectNothingWritten<T>(work: () => Promise<T>): Promise<T> {
  const before = await fingerprint()
  const result = await work()
  expect(await fingerprint()).toEqual(before)
  return result
}

const send = (client: Client, operation: Operation, headers: Record<string, string> = {}) =>
  client.call(operation.method, addressOf(operation), { headers, json: bodyOf(operation) })

const accessTokenOf = ({ bearer }: TestMember) => bearer.Authorization.slice('Bearer '.length)

/** A browser of a member, with all of its cookies and a CSRF token. */
async function createBrowser(member: TestMember): Promise<Client> {
  const client = await createVisitor()
  client.cookies.set('mercat_access', accessTokenOf(member))
  return client
}

test('the document names operations of every kind', () => {
  expect(forOperators.length).toBeGreaterThan(0)
  for (const kind of [forMembers, forShoppers, changes, withBody, withPath]) expect(kind.length).toBeGreaterThan(3)
})

describe('without a session', () => {
  test.each(forMembers)('$method $path is refused', async (operation) => {
    const answer = await expectNothingWritten(async () => send(await createVisitor(), operation))
    expectProblem(answer, 401, 'not-authenticated')
    expect(Object.keys(operation.responses)).toContain('401')
  })

  test.each([...forMembers, ...forShoppers])(
    '$method $path: a session that can be refreshed is told so',
    async (operation) => {
      const visitor = await createVisitor()
      visitor.cookies.set('mercat_refresh', 'whatever')
      expectProblem(await send(visitor, operation), 401, 'access-token-expired')
    },
  )

  test.each(forAnyone)('$method $path, which anyone may call, asks for none behind its back', async (operation) => {
    const { status, text } = await send(await createVisitor(), operation)
    expect(status).toBeLessThan(500)
    expect(text).not.toContain('"not-authenticated"')
  })
})

describe('for operators', () => {
  test.each(forOperators)('$method $path is refused to visitors, members and forgers alike', async (operation) => {
    const member = await createMember()
    const visitor = await createVisitor()
    const browser = await createBrowser(member)
    const forged = Object.values(await forgedTokens(member)).map((token) => ({ Authorization: `Bearer ${token}` }))
    await expectNothingWritten(async () => {
      for (const headers of [{}, member.bearer, ...forged, { Authorization: 'Bearer' }])
        for (const client of [createClient(), visitor, browser])
          expectProblem(await send(client, operation, headers), 401, 'not-authenticated')
    })
    expect(Object.keys(operation.responses)).toContain('401')
  })
})

describe('with a token that is not right', () => {
  let forged: Record<string, string>
  let member: TestMember

  beforeAll(async () => {
    member = await createMember()
    forged = await forgedTokens(member)
  })

  test.each(forMembers)('$method $path is refused, whatever is wrong with the bearer', async (operation) => {
    await expectNothingWritten(async () => {
      for (const [what, token] of Object.entries(forged)) {
        const answer = await send(createClient(), operation, { Authorization: `Bearer ${token}` })
        expectCode(answer, 401, 'not-authenticated', what)
      }
    })
  })

  test.each(forAnyone)('$method $path tells nobody apart by a bearer that is wrong', async (operation) => {
    await expectNothingWritten(async () => {
      for (const [what, token] of Object.entries(forged)) {
        const answer = await send(createClient(), operation, { Authorization: `Bearer ${token}` })
        expect([200, 204, 401], what).toContain(answer.status)
        expect(answer.text, what).not.toContain(member.memberId)
      }
    })
  })

  test.each(forMembers)('$method $path is refused, whatever is wrong with the cookie', async (operation) => {
    const browser = await createBrowser(member)
    await expectNothingWritten(async () => {
      for (const [what, token] of Object.entries(forged)) {
        browser.cookies.set('mercat_access', token)
        expectCode(await send(browser, operation), 401, 'not-authenticated', what)
      }
    })
  })
})

describe('with a session that is over', () => {
  const endings: [string, (member: TestMember) => Promise<unknown>][] = [
    ['was ended', ({ sessionId }) => db`UPDATE sessions SET ended_at = now() WHERE id = ${sessionId}`],
    ['has run out', ({ sessionId }) => db`UPDATE sessions SET expires_at = now() WHERE id = ${sessionId}`],
    ['went with its member', ({ memberId }) => db`DELETE FROM members WHERE id = ${memberId}`],
  ]

  test.each(forMembers)('$method $path is refused at once, though the token has not expired', async (operation) => {
    for (const [what, end] of endings) {
      const member = await createMember()
      const browser = await createBrowser(member)
      await end(member)
      await expectNothingWritten(async () => {
        for (const answer of [await send(createClient(), operation, member.bearer), await send(browser, operation)])
          expectCode(answer, 401, 'session-ended', what)
      })
    }
  })
})

describe('without proof that a page of ours asks', () => {
  test.each(changes)('$method $path is refused, to a visitor and to a member', async (operation) => {
    const member = await createMember()
    const browsers = await Promise.all([createVisitor(), createBrowser(member)])
    const stranger = await (await createVisitor()).csrf()
    await expectNothingWritten(async () => {
      for (const browser of browsers) {
        const own = browser.cookies.get('csrf_token') ?? ''
        for (const token of ['', 'x', stranger, `${own}x`, own.slice(0, -1), `${own}.${own}`])
          expectProblem(await send(browser, operation, { 'X-CSRF-Token': token }), 403, 'csrf-failed')
        for (const Origin of [
          'null',
          'http://evil.test',
          'http://storefront.test.evil.test',
          'https://storefront.test',
        ])
          expectProblem(await send(browser, operation, { Origin }), 403, 'origin-not-allowed')
        browser.cookies.set('csrf_token', stranger)
        expectProblem(await send(browser, operation, { 'X-CSRF-Token': stranger }), 403, 'csrf-failed')
        browser.cookies.delete('csrf_token')
        expectProblem(await send(browser, operation, { 'X-CSRF-Token': own }), 403, 'csrf-failed')
        browser.cookies.delete('mercat_visitor')
        expectProblem(await send(browser, operation, { 'X-CSRF-Token': own }), 403, 'csrf-failed')
      }
      expectProblem(await send(createClient(), operation), 403, 'csrf-failed')
    })
  })
})

describe('with a body that is not right', () => {
  test.each(withBody)('$method $path tells what is wrong and does nothing', async (operation) => {
    const browser = operation.isForMembers ? await createBrowser(await createMember()) : await createVisitor()
    const address = addressOf(operation)
    const sendBody = (body: BodyInit, type = 'application/json') =>
      browser.call(operation.method, address, { body, headers: { 'Content-Type': type } })
    await expectNothingWritten(async () => {
      for (const body of ['{', '', '{"a":1}{', 'undefined', new Uint8Array([0x22, 0xff, 0x22])])
        expectProblem(await sendBody(body), 400, 'malformed-json')
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])
        expectProblem(await sendBody('a=1', type), 415, 'unsupported-media-type')
      expectProblem(await sendBody(`"${'x'.repeat(70_000)}"`), 413, 'payload-too-large')
      expectProblem(await browser.call(operation.method, address), 422, 'validation-failed')
      const deep = '{"a":'.repeat(500) + '1' + '}'.repeat(500)
      for (const body of ['null', '[]', '1', '"x"', '[{}]', deep])
        expectProblem(await sendBody(body), 422, 'validation-failed')
      const required = operation.body?.required ?? []
      for (const field of required) {
        const { [field]: _, ...rest } = Object(bodyOf(operation)) as Record<string, unknown>
        const { errors } = expectProblem(await sendBody(JSON.stringify(rest)), 422, 'validation-failed')
        expect(errors.map((error: { field: string }) => error.field)).toContain(field)
      }
    })
  })
})

describe("with another member's session", () => {
  let owned: string[]
  let stranger: TestMember

  beforeAll(async () => {
    const owner = await createMember()
    const browser = await createBrowser(owner)
    await addToCart(browser, (await createSku()).skuId)
    const { session_id } = await checkOut(browser)
    await pay(session_id)
    const session = await stripe.checkout.sessions.retrieve(session_id)
    await deliver(sessionEvent('checkout.session.completed', session), createClient())
    await addToCart(browser, (await createSku()).skuId)
    owned = await valuesOf(owner.memberId)
    stranger = await createMember()
  })

  test('there is something to be had', () => expect(owned.length).toBeGreaterThan(10))

  const isOwn = ({ isForMembers, isChange }: Operation) => isForMembers || !isChange

  const tryAll = (operation: Operation, check: (answer: Answer, what: string) => void) =>
    expectNothingWritten(async () => {
      const name = operation.parameters.find((parameter) => parameter.in === 'path')?.name ?? ''
      for (const value of owned) {
        const path = addressOf(operation, { [name]: value })
        const given = { json: bodyOf(operation), headers: stranger.bearer }
        check(await createClient().call(operation.method, path, given), `${operation.method} ${path}`)
      }
    })

  test.each(withPath.filter(isOwn))('$method $path finds nothing of what the owner has', (operation) =>
    tryAll(operation, (answer, what) => {
      expectRefusal(answer, what)
      expect([404, 422], `${what}: ${answer.text}`).toContain(answer.status)
    }),
  )

  test.each(withPath.filter((operation) => !isOwn(operation)))('$method $path changes nothing', (operation) =>
    tryAll(operation, ({ status, text }, what) => expect(status, `${what}: ${text}`).toBeLessThan(500)),
  )
})
