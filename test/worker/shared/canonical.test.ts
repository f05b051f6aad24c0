import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKv } from '../http/kv.ts'
import { canonical } from '../../../src/shared/canonical.ts'
import { expectProblem } from '../support/client.ts'
import { db } from '../support/shop.ts'
import { memberRow, openBrowser, PASSWORD, registerMember, registration } from '../support/accounts.ts'

/** Turkish and Kelvin letters that one case folding or another takes for an ASCII letter. */
const LOOKALIKES: [string, string][] = [
  ['i', 'İ'],
  ['i', 'ı'],
  ['k', '\u212a'],
  ['s', 'ſ'],
]

describe('the canonical form of a name', () => {
  test('is the same in JavaScript and in PostgreSQL, of any text', async () => {
    const texts = fc
      .sample(fc.string({ unit: 'binary', maxLength: 40 }), 2_000)
      .map((text) => text.replaceAll('\0', ''))
    const rows = await db`
      SELECT lower(given COLLATE "C") AS folded
      FROM jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb) WITH ORDINALITY AS t(given, at) ORDER BY at`
    expect(rows.map(({ folded }) => folded)).toEqual(texts.map(canonical))
  })

  test('differs from the text in the letters A to Z and nowhere else, in both', async () => {
    const [row] = await db`
      SELECT string_agg(chr(i), '' ORDER BY i) AS folded FROM generate_series(1, 1114111) i
      WHERE i NOT BETWEEN 55296 AND 57343 AND lower(chr(i) COLLATE "C") <> chr(i)`
    expect(row).toEqual({ folded: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' })
    const all = Array.from({ length: 0x11_00_00 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff)
    const changed = all.map((code) => String.fromCodePoint(code)).filter((text) => canonical(text) !== text)
    expect(changed.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  })
})

describe('a name in other letters', () => {
  const namedWithAll = () => registerMember(undefined, `kiss-${registration().username}`.slice(0, 30))

  test('of A to Z signs in, and is taken', async () => {
    const { username, email } = await namedWithAll()
    const browser = await openBrowser()
    for (const login of [username.toUpperCase(), email.toUpperCase()])
      expect((await browser.post('/v1/auth/login', { login, password: PASSWORD })).status).toBe(200)
    const again = { ...registration(), username: username.toUpperCase() }
    expectProblem(await browser.post('/v1/auth/register', again), 409, 'account-exists')
  })

  test.each(LOOKALIKES)('is nobody’s: %s is not %s', { timeout: 60_000 }, async (letter, lookalike) => {
    const { id, username, email } = await namedWithAll()
    const browser = await openBrowser({ RATE_LIMITS: 'on', RATE_LIMIT_KV: createKv() })
    const before = await db`SELECT id FROM email_outbox WHERE to_address = ${email}`
    for (const name of [username, email]) {
      const login = name.replace(letter, lookalike)
      expectProblem(await browser.post('/v1/auth/login', { login, password: PASSWORD }), 401, 'invalid-credentials')
      expect((await browser.post('/v1/auth/password/forgot', { login })).status).toBe(202)
      const address = { ...registration(), email: login }
      if (name === email) expectProblem(await browser.post('/v1/auth/register', address), 422, 'validation-failed')
    }
    expect(await db`SELECT id FROM email_outbox WHERE to_address = ${email}`).toEqual(before)
    expect((await memberRow(id)).failed_sign_ins).toBe(0)
  })
})
