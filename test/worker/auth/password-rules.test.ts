import { dictionary } from '@zxcvbn-ts/language-common'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { brokenRules, isSimilarTo, quickRatio } from '../../../src/features/auth/password-rules.ts'
import { QUICK_RATIO_CASES } from './quick-ratio-cases.ts'

const NOBODY = { username: 'zz', email: 'qq@vv.xx', firstName: '', lastName: '' }

const MOST_COMMON = dictionary['passwords-common'].slice(0, 20_000)

const capitalized = (text: string) => text.replace(/\p{L}/u, (letter) => letter.toUpperCase())

describe('the rules for passwords', () => {
  test.each([
    ['Grey-Heron-42', []],
    ['Ab-cdef', ['too-short']],
    ['Ab-cdefg', []],
    [`A-${'x'.repeat(48)}`, []],
    [`A-${'x'.repeat(49)}`, ['too-long']],
    ['grey-heron-42', ['needs-upper-case']],
    ['GreyHeron42', ['needs-special']],
    ['Grey Heron 42', ['needs-special']],
    ['Ñandú Ñandú', ['needs-special']],
    ['Ñandú_salvaje', []],
    ['P@ssw0rd', ['too-common']],
    [' P@ssw0rd ', ['too-common']],
    ['ILOVEYOU!', ['too-common']],
    ['', ['too-short', 'needs-upper-case', 'needs-special']],
    ['😀😀😀😀😀😀😀A', []],
    ['😀😀😀😀😀😀A', ['too-short']],
  ])('"%s" breaks %j', (password, broken) => {
    expect(brokenRules(password, NOBODY)).toEqual(broken)
  })

  test('count characters after normalisation: what looks alike is alike', () => {
    const composed = 'Gar\u00E7on-1'
    expect(brokenRules(composed.normalize('NFD'), NOBODY)).toEqual(brokenRules(composed, NOBODY))
    expect(brokenRules('\uFB03-ABCD', NOBODY)).toEqual([])
  })

  test(`refuse every one of the ${MOST_COMMON.length} most common, as it is and with capitals`, () => {
    const accepted = MOST_COMMON.flatMap((password) => [
      password,
      capitalized(password),
      password.toUpperCase(),
    ]).filter((password) => brokenRules(password, NOBODY).length === 0)
    expect(MOST_COMMON).toHaveLength(20_000)
    expect(accepted).toEqual([])
  })
})

describe('similarity', () => {
  test.each(QUICK_RATIO_CASES)('of "%s" and "%s" is %d, as in Python', (a, b, ratio) => {
    expect(quickRatio(a, b)).toBeCloseTo(ratio, 11)
  })

  test('is 1 for the same text, at most 1 for any, and the same both ways', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(quickRatio(a, a)).toBe(1)
        expect(quickRatio(a, b)).toBe(quickRatio(b, a))
        expect(quickRatio(a, b)).toBeGreaterThanOrEqual(0)
        expect(quickRatio(a, b)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('does not look at the order of characters', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme-ascii' }), (text) => {
        expect(quickRatio(text, Array.from(text).toReversed().join(''))).toBe(1)
      }),
    )
  })

  test.each([
    ['Jane.Doe!', { username: 'jane.doe' }],
    ['HERON-Grey', { username: 'grey-heron' }],
    ['Bluewater!', { email: 'info@bluewater.example' }],
    ['Somewhere-1', { email: 'x@somewhere.example' }],
    ['Esperanza!', { firstName: 'Esperanza' }],
    ['O’Shaughnessy1', { lastName: 'O’Shaughnessy' }],
    ['STRASSE-17', { lastName: 'Strasse' }],
  ])('refuses "%s" of %j', (password, owner) => {
    expect(isSimilarTo(password, { ...NOBODY, ...owner })).toBe(true)
  })

  test.each([
    ['Grey-Heron-42', { username: 'jane.doe', email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' }],
    ['Example-Of-A-Long-One', { email: 'jane@example.com' }],
    ['Long-Enough-To-Tell', { firstName: 'J' }],
  ])('accepts "%s" of %j', (password, owner) => {
    expect(isSimilarTo(password, { ...NOBODY, ...owner })).toBe(false)
  })
})
