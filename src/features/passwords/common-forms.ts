const LEET: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
  '+': 't',
}

const unleet = (text: string, one: 'i' | 'l'): string =>
  Array.from(text, (character) => (character === '1' || character === '!' ? one : (LEET[character] ?? character))).join(
    '',
  )

/** Without digits and signs at both ends, and without leet. */
export const coreOf = (text: string): string => unleet(text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''), 'i')

/** At each end so many characters are looked at one by one, for what is leet among them; longer runs go as a whole. */
const LEET_AT_END_MAX = 6

/** How many characters of a run may be left out. */
const cutsOf = (run: number): number[] => [
  ...Array.from({ length: Math.min(run, LEET_AT_END_MAX) + 1 }, (_, cut) => cut),
  ...(run > LEET_AT_END_MAX ? [run] : []),
]

/**
 * What a password may be taken for once its case, leet and the digits and signs at its ends are left out; `text` is in
 * lower case. A digit or sign at an end may be leet as well (`$unshine`, `r3v3r53`), so that every cut is tried.
 */
export function commonForms(text: string): string[] {
  const before = /^[^\p{L}]*/u.exec(text)?.[0].length ?? 0
  const after = /[^\p{L}]*$/u.exec(text)?.[0].length ?? 0
  return cutsOf(before)
    .flatMap((start) => cutsOf(after).map((end) => text.slice(start, text.length - end)))
    .flatMap((form) => [form, unleet(form, 'i'), unleet(form, 'l')])
}
