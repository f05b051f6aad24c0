import { env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { readEnv } from '../../../src/env.ts'
import { signOrderToken } from '../../../src/shared/order-token.ts'
import { readUnsubscribeToken, unsubscribeUrl } from '../../../src/shared/unsubscribe-token.ts'
import { createClient, expectProblem } from '../support/client.ts'
import { createOrderEmail, createOutboxRow, createTemplate, deliverEmail } from '../support/email.ts'
import { oneEmailTo } from '../support/mailbox.ts'
import { createMember } from '../support/member.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase, unique } from '../support/shop.ts'

const SECRETS = readEnv(env)

async function memberLink(): Promise<{ memberId: string; link: string }> {
  const { memberId } = await createMember()
  const [row] = await db`SELECT mb_cd FROM members WHERE id = ${memberId}`
  return { memberId, link: await unsubscribeUrl(readEnv(env), row!.mb_cd) }
}

async function prospectLink(convertedMemberId: string | null = null): Promise<{ id: string; link: string }> {
  const code = unique('PR')
  const [row] = await db`INSERT INTO prospects (email, pr_cd, converted_member_id)
    VALUES (${`${code}@example.com`}, ${code}, ${convertedMemberId}) RETURNING id`
  return { id: row!.id, link: await unsubscribeUrl(readEnv(env), code) }
}

const memberLeft = async (id: string): Promise<string | null> =>
  (await db`SELECT unsubscribed_at FROM members WHERE id = ${id}`)[0]!.unsubscribed_at
const prospectLeft = async (id: string): Promise<string | null> =>
  (await db`SELECT unsubscribed_at FROM prospects WHERE id = ${id}`)[0]!.unsubscribed_at

/** As a mail client does it: RFC 8058, without cookies, Origin or token header. */
const oneClick = (link: string, overrides: Record<string, unknown> = {}) =>
  createClient(overrides).call('POST', link, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  })

describe('unsubscribing', () => {
  test('takes one click of a mail client and one round trip, for members and prospects', async () => {
    const { memberId, link } = await memberLink()
    const prospect = await prospectLink()
    const { result, roundTrips } = await countRoundTrips(() => oneClick(link))
    expect({ status: result.status, text: result.text, roundTrips }).toEqual({ status: 204, text: '', roundTrips: 1 })
    expect((await oneClick(prospect.link)).status).toBe(204)
    expect(await memberLeft(memberId)).not.toBeNull()
    expect(await prospectLeft(prospect.id)).not.toBeNull()
  })

  test('works from another site, with a form of parts, with JSON and without a body', async () => {
    const headers = { Origin: 'https://mail.example', 'Sec-Fetch-Site': 'cross-site' }
    const form = new FormData()
    form.set('List-Unsubscribe', 'One-Click')
    for (const given of [{ body: form }, { json: {} }, {}]) {
      const { memberId, link } = await memberLink()
      expect((await createClient().call('POST', link, { headers, ...given })).status).toBe(204)
      expect(await memberLeft(memberId)).not.toBeNull()
    }
  })

  test('twice keeps the moment of the first time', async () => {
    const { memberId, link } = await memberLink()
    await oneClick(link)
    const first = await memberLeft(memberId)
    expect((await oneClick(link)).status).toBe(204)
    expect(await memberLeft(memberId)).toEqual(first)
  })

  test('of either takes off both where a prospect became a member, and nobody else', async () => {
    const [one, two, bystander] = [await memberLink(), await memberLink(), await memberLink()]
    const [first, second] = [await prospectLink(one.memberId), await prospectLink(two.memberId)]
    await oneClick(one.link)
    await oneClick(second.link)
    expect(await prospectLeft(first.id)).not.toBeNull()
    expect(await memberLeft(two.memberId)).not.toBeNull()
    expect(await memberLeft(bystander.memberId)).toBeNull()
  })

  test('is never limited, since a few mail servers send the clicks of thousands of readers', async () => {
    const { link } = await memberLink()
    const { headers } = await oneClick(link, { RATE_LIMITS: 'on' })
    expect(headers.has('RateLimit-Policy')).toBe(false)
  })

  test('of somebody who is gone is done already', async () => {
    expect((await oneClick(await unsubscribeUrl(readEnv(env), 'MBGONE'))).status).toBe(204)
  })

  test('is taken again when the database lost the answer', async () => {
    const { memberId, link } = await memberLink()
    await failDatabase('left_members', 'after_commit')
    expect((await oneClick(link)).status).toBe(204)
    await clearDatabaseFaults()
    expect(await memberLeft(memberId)).not.toBeNull()
  })

  test('is refused without a token, with another, and with one made for something else', async () => {
    const { memberId, link } = await memberLink()
    const token = new URL(link).searchParams.get('token') ?? ''
    const [code = '', mac = ''] = token.split('.')
    expectProblem(await oneClick('/v1/unsubscribe'), 422, 'validation-failed')
    const other = mac.startsWith('A') ? `B${mac.slice(1)}` : `A${mac.slice(1)}`
    const wrong = [`${code}.${other}`, `${code}.`, code, `X.${mac}`, `${token}.x`, '..', 'a b', '%2e']
    for (const each of [...wrong, `${code}.${await signOrderToken(SECRETS, code, new Date())}`])
      expectProblem(await oneClick(`/v1/unsubscribe?token=${encodeURIComponent(each)}`), 422, 'invalid-token')
    expect(await memberLeft(memberId)).toBeNull()
  })
})

describe('the page behind the link', () => {
  test('asks first and changes nothing, since programs open links too', async () => {
    const { memberId, link } = await memberLink()
    const answer = await createClient().get(link)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toContain('text/html')
    expect(answer.headers.get('Content-Security-Policy')).toContain("form-action 'self'")
    expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
    expect(answer.text).toContain('<form method="post">')
    expect(answer.text).toMatch(/Nothing\s+has changed yet/)
    expect(await memberLeft(memberId)).toBeNull()
    expect((await createClient().call('HEAD', link)).status).toBe(200)
    expect(await memberLeft(memberId)).toBeNull()
  })

  test('says that it is done once its button was pressed', async () => {
    const { memberId, link } = await memberLink()
    const answer = await createClient().call('POST', link, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' },
      body: 'from_page=yes',
    })
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('You are unsubscribed')])
    expect(await memberLeft(memberId)).not.toBeNull()
  })

  test.each([
    ['application/x-www-form-urlencoded; charset=x', 'from_page=yes', 200],
    ['application/x-www-form-urlencoded; charset=iso-8859-1', 'List-Unsubscribe=One-Click', 204],
    ['application/x-www-form-urlencoded', '%ff=%zz&&==', 204],
    ['multipart/form-data', 'List-Unsubscribe=One-Click', 204],
    ['application/json', '{', 204],
  ])('works whatever the body is called: %s, %s', async (type, body, status) => {
    const { memberId, link } = await memberLink()
    expect(await createClient().call('POST', link, { headers: { 'Content-Type': type }, body })).toMatchObject({
      status,
    })
    expect(await memberLeft(memberId)).not.toBeNull()
  })

  test('still lets the reader leave when the settings of the shop cannot be read', async () => {
    const { memberId, link } = await memberLink()
    await failDatabase('shop_settings', 'before', 20)
    const ask = await createClient().get(link)
    const done = await createClient().call('POST', link, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'from_page=yes',
    })
    await clearDatabaseFaults()
    expect([ask.status, done.status, done.text]).toEqual([200, 200, expect.stringContaining('You are unsubscribed')])
    expect(await memberLeft(memberId)).not.toBeNull()
  })

  test('is not shown for a link that is not ours: programs get a problem, people a page', async () => {
    expectProblem(await createClient().get('/v1/unsubscribe?token=x'), 422, 'invalid-token')
    const page = await createClient().get('/v1/unsubscribe?token=x', { Accept: 'text/html,*/*;q=0.8' })
    expect([page.status, page.headers.get('Content-Type')]).toEqual([422, expect.stringContaining('text/html')])
  })
})

describe('a marketing email', () => {
  test('carries the headers by which its reader unsubscribes in one click', async () => {
    const { memberId, link } = await memberLink()
    const to = `${unique('reader')}@example.com`
    const emCd = await createTemplate({ text: 'Leave: {{ unsubscribe_url }}' })
    await deliverEmail(await createOutboxRow({ emCd, to, variables: { unsubscribe_url: link } }))
    const { headers, text } = await oneEmailTo(to)
    expect(headers['list-unsubscribe']).toBe(`<${link}>`)
    expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click')
    expect(text).toContain(link)
    await oneClick(headers['list-unsubscribe']?.slice(1, -1) ?? '')
    expect(await memberLeft(memberId)).not.toBeNull()
  })

  test('that is none, such as one about an order, has no such headers', async () => {
    const { email, outboxId } = await createOrderEmail()
    await deliverEmail(outboxId)
    expect((await oneEmailTo(email)).headers).not.toHaveProperty('list-unsubscribe')
  })
})

test('a token is read by the secret that signed it only', async () => {
  const token = new URL(await unsubscribeUrl(readEnv(env), 'MB-1_a')).searchParams.get('token') ?? ''
  expect(await readUnsubscribeToken(SECRETS, token)).toBe('MB-1_a')
  expect(await readUnsubscribeToken({ SIGNING_SECRET: `${SECRETS.SIGNING_SECRET}x` }, token)).toBeUndefined()
})
