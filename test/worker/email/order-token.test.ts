import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signOrderToken, verifyOrderToken } from '../../../src/shared/order-token.ts'

const SECRET = 'a-secret-of-at-least-thirty-two-characters'

describe('the token of an order link', () => {
  it('opens the order that it was made for', async () => {
    const token = await signOrderToken(SECRET, 'ORD-ABCDEFGHJK')
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(await verifyOrderToken(SECRET, 'ORD-ABCDEFGHJK', token)).toBe(true)
  })

  it('opens no other order, and none under another secret', async () => {
    const token = await signOrderToken(SECRET, 'ORD-ABCDEFGHJK')
    expect(await verifyOrderToken(SECRET, 'ORD-ABCDEFGHJL', token)).toBe(false)
    expect(await verifyOrderToken(`${SECRET}!`, 'ORD-ABCDEFGHJK', token)).toBe(false)
  })

  it('cannot be guessed, and nonsense is refused without an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (guess) => {
        expect(await verifyOrderToken(SECRET, 'ORD-ABCDEFGHJK', guess)).toBe(false)
      }),
      { verbose: true },
    )
    for (const odd of ['', '='.repeat(43), 'A'.repeat(43), '\0'.repeat(43), 'é'.repeat(43)]) {
      expect(await verifyOrderToken(SECRET, 'ORD-ABCDEFGHJK', odd)).toBe(false)
    }
  })
})
