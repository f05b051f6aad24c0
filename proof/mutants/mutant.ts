/** A single bug: a piece of a file, and what takes its place. */
export interface Mutant {
  /** Path in the repository. */
  file: string
  /** Offsets in the file's text, in UTF-16 units. */
  start: number
  end: number
  replacement: string
  /** What was done: `EqualityOperator`, `StatementLeftOut`, … */
  kind: string
}

/** The file's text with the bug in it. */
export const plant = (text: string, { start, end, replacement }: Mutant): string =>
  text.slice(0, start) + replacement + text.slice(end)

/** The file's text with several bugs of it, which must not overlap. */
export const plantAll = (text: string, mutants: readonly Mutant[]): string =>
  mutants.toSorted((one, other) => other.start - one.start).reduce(plant, text)

/** Splits bugs into as few groups as possible, so that no two of a group overlap. */
export function apart(mutants: readonly Mutant[]): Mutant[][] {
  const groups: Mutant[][] = []
  for (const mutant of mutants) {
    const group = groups.find((each) => each.every((other) => !overlap(mutant, other)))
    if (group === undefined) groups.push([mutant])
    else group.push(mutant)
  }
  return groups
}

const overlap = (one: Mutant, other: Mutant): boolean =>
  one.file === other.file && one.start <= other.end && other.start <= one.end

const MAX_LINES = 6

const signed = (sign: string, part: string): string[] =>
  part
    .split('\n')
    .slice(0, MAX_LINES)
    .map((line) => `    ${sign} ${line}`)

/** `src/features/cart/rules.ts:12` and the lines before and after, as a reader of a report needs them. */
export function describe(mutant: Mutant, text: string): string {
  const { file, start, end, replacement, kind } = mutant
  const before = text.slice(0, start)
  const from = before.lastIndexOf('\n') + 1
  const to = text.indexOf('\n', end) === -1 ? text.length : text.indexOf('\n', end)
  const old = text.slice(from, to)
  const present = text.slice(from, start) + replacement + text.slice(end, to)
  return [`${file}:${before.split('\n').length} ${kind}`, ...signed('-', old), ...signed('+', present)].join('\n')
}

/** The part of the shop that a file belongs to: `cart`, `http`, `functions`, … */
export function featureOf(file: string): string {
  const [, top = '', name = ''] = file.split('/')
  if (top === 'features') return name
  if (file.endsWith('.sql')) return 'db/functions'
  return top.replace(/\.ts$/, '')
}
