import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeHeaderText } from '../../../src/features/email/compose-message.ts'
import { retryDelaySeconds } from '../../../src/features/email/rules.ts'

const check = <T>(property: fc.IProperty<T>) => fc.assert(property, { verbose: true })

describe('the pause before the next attempt', () => {
  it('triples from five seconds up to six hours', () => {
    const pauses = Array.from({ length: 10 }, (_, i) => retryDelaySeconds(i + 1, 0))
    expect(pauses).toEqual([5, 15, 45, 135, 405, 1_215, 3_645, 10_935, 21_600, 21_600])
  })

  it('is shortened by at most a quarter and stays within what the queue takes', () => {
    check(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const pause = retryDelaySeconds(attempt, random)
        expect(Number.isInteger(pause)).toBe(true)
        expect(pause).toBeLessThanOrEqual(retryDelaySeconds(attempt, 0))
        expect(pause).toBeGreaterThanOrEqual(retryDelaySeconds(attempt, 0) * 0.75)
        expect(pause).toBeLessThanOrEqual(6 * 3_600)
      }),
    )
  })
})

const decode = (header: string): string => {
  if (!header.startsWith('=?')) return header
  const bytes = header
    .split('\r\n ')
    .map((word) => atob(word.slice('=?UTF-8?B?'.length, -2)))
    .join('')
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)))
}

describe('a header text', () => {
  it('comes back as it was, in words of at most 75 ASCII characters', () => {
    check(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }).filter((text) => !/\p{Cc}|^=\?/u.test(text)),
        (text) => {
          const header = encodeHeaderText(text)
          expect(decode(header)).toBe(text)
          if (header === text) return
          for (const word of header.split('\r\n ')) expect(word).toMatch(/^[\x21-\x7e]{1,75}$/)
        },
      ),
    )
  })
})
