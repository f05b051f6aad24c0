import { afterEach, describe, expect, test } from 'vitest'
import { signedIn } from '../support/as-member.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { countRoundTrips, db } from '../support/shop.ts'
import { announceTerms, withdrawAnnouncedTerms } from '../support/terms.ts'

const AGREEMENT = '/v1/account/terms-agreement'
const VISITOR_AGREEMENT = '/v1/terms/use/agreement'

const currentVersion = async (): Promise<string> => (await createClient().get('/v1/terms/use')).json.version

describe('the terms', () => {
  test('of sale and of use are read by anybody, as HTML that is safe', async () => {
    for (const kind of ['sale', 'use']) {
      const answer = await createClient().get(`/v1/terms/${kind}`)
      expect(answer.json).toMatchObject({ kind, version: expect.any(String), effective_at: expect.any(String) })
      expect(answer.json.body_html).toContain('<h1>')
      expect(answer.json.body_html).not.toMatch(/<script/i)
    }
    expectProblem(await createClient().get('/v1/terms/war'), 422, 'validation-failed')
  })

  test('show the version that holds, not one that is to come', async () => {
    const [row] = await db`SELECT version FROM terms_versions WHERE kind = 'use' AND effective_at <= now()
      ORDER BY effective_at DESC LIMIT 1`
    expect(await currentVersion()).toBe(row!.version)
  })
})

describe("a member's agreement to the terms of use", () => {
  test('is asked for, given and remembered, each in one round trip', async () => {
    const { client } = await signedIn()
    const version = await currentVersion()
    const before = await countRoundTrips(() => client.get(AGREEMENT))
    expect(before.result.json).toEqual({ version, agreed: false })
    const agreeing = await countRoundTrips(() => client.put(AGREEMENT, { version }))
    expect(agreeing.result.json).toEqual({ version, agreed: true, agreed_at: expect.any(String) })
    const after = await countRoundTrips(() => client.get(AGREEMENT))
    expect(after.result.json).toEqual(agreeing.result.json)
    expect([before, agreeing, after].map(({ roundTrips }) => roundTrips)).toEqual([1, 1, 1])
    expect((await client.get('/v1/account')).json.terms_of_use).toEqual({
      current_version: version,
      agreed_version: version,
      agreed: true,
    })
  })

  test('counts from the first time, however often it is given', async () => {
    const { client } = await signedIn()
    const version = await currentVersion()
    const first = await client.put(AGREEMENT, { version })
    const all = await Promise.all(Array.from({ length: 5 }, () => client.put(AGREEMENT, { version })))
    for (const answer of all) expect(answer.json).toEqual(first.json)
  })

  test('is asked for anew when another version holds', async () => {
    const { member, client } = await signedIn()
    await db`INSERT INTO terms_agreements (member_id, version) VALUES (${member.memberId}, '1999-01')`
    expect((await client.get(AGREEMENT)).json).toEqual({ version: await currentVersion(), agreed: false })
    expect((await client.get('/v1/account')).json.terms_of_use).toMatchObject({
      agreed_version: '1999-01',
      agreed: false,
    })
  })

  test('is refused for any other version, in a wrong form, and to an anonymous caller', async () => {
    const { client } = await signedIn()
    expectProblem(await client.put(AGREEMENT, { version: '1999-01' }), 422, 'terms-version-unknown')
    expectProblem(await client.put(AGREEMENT, { version: 1 }), 422, 'validation-failed')
    expectProblem(await client.put(AGREEMENT, {}), 422, 'validation-failed')
    expectProblem(await createClient().get(AGREEMENT), 401, 'not-authenticated')
    const visitor = await createVisitor()
    expectProblem(await visitor.put(AGREEMENT, { version: await currentVersion() }), 401, 'not-authenticated')
    expect((await client.get(AGREEMENT)).json.agreed).toBe(false)
  })
})

describe("a visitor's agreement", () => {
  afterEach(withdrawAnnouncedTerms)

  test('is kept in a cookie that no script reads, and known by it', async () => {
    const visitor = await createVisitor()
    const version = await currentVersion()
    expect((await visitor.get(VISITOR_AGREEMENT)).json).toEqual({ version, agreed: false })
    const agreed = await visitor.put(VISITOR_AGREEMENT, { version })
    expect(agreed.json).toEqual({ version, agreed: true, agreed_at: expect.any(String) })
    expect(agreed.headers.get('Set-Cookie')).toMatch(/^mercat_terms=.*HttpOnly; SameSite=Lax/)
    expect((await visitor.get(VISITOR_AGREEMENT)).json).toEqual(agreed.json)
    expect((await visitor.put(VISITOR_AGREEMENT, { version })).json).toEqual(agreed.json)
  })

  test('counts for nothing when the cookie was forged', async () => {
    const visitor = await createVisitor()
    const version = await currentVersion()
    await visitor.put(VISITOR_AGREEMENT, { version })
    const [value = '', mac = ''] = decodeURIComponent(visitor.cookies.get('mercat_terms') ?? '').split(/\.(?=[^.]*$)/)
    const forged = `${value.replace(version, '2999-01')}.${mac}`
    visitor.cookies.set('mercat_terms', encodeURIComponent(forged))
    expect((await visitor.get(VISITOR_AGREEMENT)).json).toEqual({ version, agreed: false })
    visitor.cookies.set('mercat_terms', visitor.cookies.get('mercat_visitor') ?? '')
    expect((await visitor.get(VISITOR_AGREEMENT)).json).toEqual({ version, agreed: false })
  })

  test('to an older version is asked for anew, given, and kept', async () => {
    const visitor = await createVisitor()
    await visitor.put(VISITOR_AGREEMENT, { version: await currentVersion() })
    const { version, takeEffect } = await announceTerms('use')
    takeEffect()
    expect((await visitor.get(VISITOR_AGREEMENT)).json).toEqual({ version, agreed: false })
    const agreed = await visitor.put(VISITOR_AGREEMENT, { version })
    expect(agreed.json).toEqual({ version, agreed: true, agreed_at: new Date().toISOString() })
    expect((await visitor.get(VISITOR_AGREEMENT)).json).toEqual(agreed.json)
  })

  test('is refused for any other version', async () => {
    const visitor = await createVisitor()
    expectProblem(await visitor.put(VISITOR_AGREEMENT, { version: '1999-01' }), 422, 'terms-version-unknown')
    expect(visitor.cookies.has('mercat_terms')).toBe(false)
  })
})
