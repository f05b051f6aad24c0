import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkOrderToken, ORDER_LINK_DAYS, signOrderToken } from '../../../src/shared/order-token.ts'

const SECRETS = { SIGNING_SECRET: 'a-secret-of-at-least-thirty-two-characters' }
const ORDER = 'ORD-ABCDEFGHJK'
const NOW = new Date('2026-11-21T12:00:00Z')
const DAY_MS = 86_400_000

const later = (days: number) => new Date(NOW.getTime() + days * DAY_MS)

describe('the token of an order link', () => {
  it('opens the order that it was made for, until its time is over', async () => {
    const token = await signOrderToken(SECRETS, ORDER, NOW)
    expect(token).toMatch(/^[0-9a-z]{6}\.[\w-]{43}$/)
    expect(await checkOrderToken(SECRETS, ORDER, token, NOW)).toBe('good')
    expect(await checkOrderToken(SECRETS, ORDER, token, later(ORDER_LINK_DAYS - 1))).toBe('good')
    expect(await checkOrderToken(SECRETS, ORDER, token, later(ORDER_LINK_DAYS))).toBe('expired')
  })

  it('opens no other order, none under another secret, and not for longer than it says', async () => {
    const token = await signOrderToken(SECRETS, ORDER, NOW)
    const [expires = '', signature = ''] = token.split('.')
    const longer = `${(Number.parseInt(expires, 36) + 1).toString(36)}.${signature}`
    expect(await checkOrderToken(SECRETS, 'ORD-ABCDEFGHJL', token, NOW)).toBe('forged')
    expect(await checkOrderToken({ SIGNING_SECRET: `${SECRETS.SIGNING_SECRET}!` }, ORDER, token, NOW)).toBe('forged')
    expect(await checkOrderToken(SECRETS, ORDER, longer, NOW)).toBe('forged')
    expect(await checkOrderToken(SECRETS, ORDER, signature, NOW)).toBe('forged')
  })

  it('opens the order while the secret that signed it is the one before', async () => {
    const token = await signOrderToken(SECRETS, ORDER, NOW)
    const rotated = { SIGNING_SECRET: 'b'.repeat(40), SIGNING_SECRET_PREVIOUS: SECRETS.SIGNING_SECRET }
    expect(await checkOrderToken(rotated, ORDER, token, NOW)).toBe('good')
  })

  it('cannot be guessed, and nonsense is refused without an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (guess) => {
        expect(await checkOrderToken(SECRETS, ORDER, guess, NOW)).toBe('forged')
      }),
      { verbose: true },
    )
    for (const odd of ['', '='.repeat(43), `zzzzzz.${'A'.repeat(43)}`, `.${'A'.repeat(43)}`, `zz.${'é'.repeat(43)}`]) {
      expect(await checkOrderToken(SECRETS, ORDER, odd, NOW)).toBe('forged')
    }
  })
})
