import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeHeaderText } from '../../../src/features/email/compose-message.ts'
import { emailImageUrl } from '../../../src/features/email/rules.ts'
import { textOn } from '../../../src/shared/color.ts'
import { addressLines, countryName, formatDate } from '../../../src/shared/locale.ts'
import { failureMessage, retryDelaySeconds } from '../../../src/shared/retry.ts'

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

describe('the message of a failure', () => {
  it('is one line of text that PostgreSQL can store, however it is cut', () => {
    check(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.integer({ min: 980, max: 1_000 }),
        (text, length) => {
          const message = failureMessage(new Error('x'.repeat(length) + '\u{1F382}' + text))
          expect(message).toMatch(/^[^\n\r\0]{1,1000}$/u)
          expect(message.isWellFormed()).toBe(true)
        },
      ),
    )
    expect(failureMessage(new Error('\0\n'))).toBe('unknown')
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

describe('what an email shows', () => {
  it.each([
    ['/images/products/mug.svg', 'https://api.test/images/products/mug.png'],
    ['/images/products/mug.webp', 'https://api.test/images/products/mug.webp'],
    ['https://cdn.test/mug.JPG', 'https://cdn.test/mug.JPG'],
    ['https://cdn.test/mug.svg', null],
    ['/elsewhere/mug.SVG', null],
    [null, null],
  ])('of the picture %s is %s', (url, shown) => {
    expect(emailImageUrl(url, 'https://api.test')).toBe(shown)
  })

  const address = { name: 'Jo', line1: '1 High Street', line2: null, city: 'Town', state: 'ST', postalCode: '123' }

  it.each([
    ['US', 'en', ['Jo', '1 High Street', 'Town, ST 123', 'United States']],
    ['US', 'es', ['Jo', '1 High Street', 'Town, ST 123', 'Estados Unidos']],
    ['GB', 'en', ['Jo', '1 High Street', 'Town, ST', '123', 'United Kingdom']],
    ['DE', 'de', ['Jo', '1 High Street', '123 Town ST', 'Deutschland']],
    [null, 'en', ['Jo', '1 High Street', '123 Town ST']],
  ])('of an address in %s, in %s, is written as there', (country, locale, lines) => {
    expect(addressLines({ ...address, country }, locale)).toEqual(lines)
  })

  it('of an address of which nothing is known is nothing', () => {
    const nothing = { name: null, line1: '', line2: null, city: null, state: null, postalCode: null, country: null }
    expect([addressLines(nothing, 'en'), addressLines(null, 'en')]).toEqual([[], []])
  })

  it('of a country that is none is its code, and of a time zone that is none the day in UTC', () => {
    expect([countryName('X1', 'en'), countryName('not a code', 'en')]).toEqual(['X1', 'not a code'])
    const moment = new Date('2026-11-21T23:30:00Z')
    expect(formatDate(moment, 'en', 'Europe/Madrid')).toBe('November 22, 2026')
    expect(formatDate(moment, 'en', 'Europe/Atlantis')).toBe('November 21, 2026')
  })

  it('on a button can be read whatever the colour of the shop', () => {
    const luminance = (color: string) =>
      [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
        const part = parseInt(color.slice(1 + 2 * at, 3 + 2 * at), 16) / 255
        return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
      }, 0)
    check(
      fc.property(fc.integer({ min: 0, max: 0xff_ff_ff }), (value) => {
        const color = `#${value.toString(16).padStart(6, '0')}`
        const [a, b] = [luminance(color), luminance(textOn(color))]
        expect((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)).toBeGreaterThanOrEqual(4.5)
      }),
    )
  })
})
