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

/** The text without the digits and signs at its ends, with leet (`0` for `o`, `@` for `a`) turned back into letters. */
export const coreOf = (text: string): string => unleet(text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''), 'i')

/** At each end, so many digits and signs may be leet; a longer run is tried whole or not at all, to bound the work. */
const LEET_AT_END_MAX = 6

/** How many characters of a run of this length to cut off. */
const cutsOf = (run: number): number[] => [
  ...Array.from({ length: Math.min(run, LEET_AT_END_MAX) + 1 }, (_, cut) => cut),
  ...(run > LEET_AT_END_MAX ? [run] : []),
]

/**
 * The words that a password may be a variation of: every way to cut digits and signs off its ends, each with and
 * without leet turned back into letters. Every cut counts, since a digit or sign at an end may be leet itself
 * (`$unshine`, `r3v3r53`). `text` is in lower case.
 */
export function commonForms(text: string): string[] {
  const before = /^[^\p{L}]*/u.exec(text)?.[0].length ?? 0
  const after = /[^\p{L}]*$/u.exec(text)?.[0].length ?? 0
  return cutsOf(before)
    .flatMap((start) => cutsOf(after).map((end) => text.slice(start, text.length - end)))
    .flatMap((form) => [form, unleet(form, 'i'), unleet(form, 'l')])
}
