import { dictionary } from '@zxcvbn-ts/language-common'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { brokenRules, isSimilarTo, quickRatio } from '../../../src/features/passwords/password-strength.ts'
import { QUICK_RATIO_CASES } from './quick-ratio-cases.ts'

const NOBODY = { username: 'zz', email: 'qq@vv.xx', firstName: '', lastName: '' }

const MOST_COMMON = dictionary['passwords-common'].slice(0, 20_000)

const capitalized = (text: string) => text.replace(/\p{L}/u, (letter) => letter.toUpperCase())

describe('the rules for passwords', () => {
  test.each([
    ['Grey-Heron-42', []],
    ['Ab-cdef', ['too-short']],
    ['Ab-cdefg', []],
    [`A-${'x'.repeat(126)}`, []],
    [`A-${'x'.repeat(127)}`, ['too-long']],
    ['correct horse battery staple', []],
    ['thirtylettersandnothingelseabc', []],
    ['fifteenletterss', ['needs-upper-case', 'needs-special']],
    ['sixteenlettersss', []],
    ['Password1!', ['too-common']],
    ['Passw0rd!', ['too-common']],
    ['Qwerty123!', ['too-common']],
    ['Admin123!', ['too-common']],
    ['Welcome1!', ['too-common']],
    ['$Unsh1ne-2026', ['too-common']],
    ['!!!1LoveYou!!!', ['too-common']],
    ['Iloveyou!iloveyou', []],
    ['2026-password-2026-2026', ['too-common']],
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

  test('let a common password pass in no case, no leet and with no digits and signs at its ends', () => {
    const leet = (text: string) =>
      text.replace(/[aeos]/g, (letter) => ({ a: '4', e: '3', o: '0', s: '5' })[letter] ?? letter)
    const end = fc.stringMatching(/^[0-9!?.#_-]{0,4}$/)
    const word = fc.constantFrom(...MOST_COMMON.filter((text) => /^[a-z]{6,12}$/.test(text)))
    fc.assert(
      fc.property(word, end, end, fc.boolean(), (text, before, after, isLeet) => {
        const password = `${before}${capitalized(isLeet ? leet(text) : text)}${after}`
        expect(brokenRules(password, NOBODY)).not.toEqual([])
      }),
    )
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
