import { AppError } from '../../shared/errors.ts'
import { commonForms } from './common-forms.ts'
import { commonPasswords } from './common-passwords.ts'
import { normalizePassword } from './password-hash.ts'

/** The attributes of a member that their password must not resemble. */
export type PasswordOwner = { username: string; email: string; firstName: string; lastName: string }

const LENGTH_MIN = 8
const LENGTH_MAX = 128
/** A password of this length needs neither an upper-case letter nor a special character: a sentence will do. */
const LENGTH_WITHOUT_COMPOSITION = 16
const SIMILARITY_MAX = 0.7

const charactersOf = (text: string): string[] => Array.from(text)

/**
 * How alike two texts are, from 0 to 1, as Python's `SequenceMatcher(a, b).quick_ratio()`: twice the number of common
 * characters, wherever they stand, divided by the number of all characters. 1 for two empty texts.
 */
export function quickRatio(a: string, b: string): number {
  const left = charactersOf(a)
  const right = charactersOf(b)
  const unmatched = new Map<string, number>()
  for (const character of right) unmatched.set(character, (unmatched.get(character) ?? 0) + 1)
  let matches = 0
  for (const character of left) {
    const count = unmatched.get(character) ?? 0
    if (count > 0) matches += 1
    unmatched.set(character, count - 1)
  }
  const total = left.length + right.length
  return total === 0 ? 1 : (2 * matches) / total
}

/** Django's exception: a part that is far shorter than the password is not compared. */
const isTooShortToTell = (password: string, part: string): boolean => {
  const length = charactersOf(password).length
  const partLength = charactersOf(part).length
  return length >= 10 * partLength && partLength < (SIMILARITY_MAX / 2) * length
}

/** Django's UserAttributeSimilarityValidator: compares whole attributes and their words, ignoring case. */
export function isSimilarTo(password: string, { username, email, firstName, lastName }: PasswordOwner): boolean {
  const lower = password.toLowerCase()
  const parts = [username, email, firstName, lastName]
    .map((attribute) => normalizePassword(attribute).toLowerCase())
    .flatMap((attribute) => [...attribute.split(/[^\p{L}\p{N}_]+/u), attribute])
    .filter((part) => part !== '')
  return parts.some((part) => !isTooShortToTell(lower, part) && quickRatio(lower, part) >= SIMILARITY_MAX)
}

export type BrokenRule =
  | 'too-short'
  | 'too-long'
  | 'needs-upper-case'
  | 'needs-special'
  | 'too-similar'
  | 'too-common'
  | 'breached'

const MESSAGES: Record<BrokenRule, string> = {
  'too-short': `Use at least ${LENGTH_MIN} characters.`,
  'too-long': `Use at most ${LENGTH_MAX} characters.`,
  'needs-upper-case': `Use at least one upper-case letter, or ${LENGTH_WITHOUT_COMPOSITION} characters.`,
  'needs-special': `Use at least one character that is neither a letter nor a digit nor a space, or ${LENGTH_WITHOUT_COMPOSITION} characters.`,
  'too-similar': 'This is too similar to your username, email address or name.',
  'too-common': 'This is one of the most common passwords, or hardly differs from one.',
  breached: 'This password is known from a breach elsewhere. Use another.',
}

/**
 * The rules that a password breaks, apart from being known from a breach; empty for a good one. Characters are Unicode
 * code points of the normalised password, as it is hashed.
 */
export function brokenRules(password: string, owner: PasswordOwner): BrokenRule[] {
  const text = normalizePassword(password)
  const { length } = charactersOf(text)
  const isTooLong = length > LENGTH_MAX
  const isLongEnough = length >= LENGTH_WITHOUT_COMPOSITION
  const broken: [BrokenRule, boolean][] = [
    ['too-short', length < LENGTH_MIN],
    ['too-long', isTooLong],
    ['needs-upper-case', !isLongEnough && !/\p{Lu}/u.test(text)],
    ['needs-special', !isLongEnough && !/[^\p{L}\p{M}\p{N}\s]/u.test(text)],
    ['too-similar', !isTooLong && isSimilarTo(text, owner)],
    ['too-common', !isTooLong && commonForms(text.toLowerCase().trim()).some((form) => commonPasswords().has(form))],
  ]
  return broken.flatMap(([rule, isBroken]) => (isBroken ? [rule] : []))
}

export const passwordTooWeak = (broken: BrokenRule[]) =>
  new AppError('password-too-weak', 'This password does not meet the rules.', {
    errors: broken.map((rule) => ({ field: 'password', code: rule, message: MESSAGES[rule] })),
  })
