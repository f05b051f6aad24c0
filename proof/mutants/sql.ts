import { loadModule, parsePlPgSQLSync, parseSync, scanSync } from 'libpg-query'
import type { Mutant } from './mutant.ts'

await loadModule()

type Token = { start: number; end: number; text: string }

/** Replacements of a token; those that do not parse are dropped afterwards. */
const OPERATORS: Record<string, string[]> = {
  '=': ['<>'],
  '<>': ['='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  AND: ['OR'],
  OR: ['AND'],
  NOT: [''],
  TRUE: ['false'],
  FALSE: ['true'],
  GREATEST: ['least'],
  LEAST: ['greatest'],
  MIN: ['max'],
  MAX: ['min'],
  ASC: ['DESC'],
  DESC: ['ASC'],
  EXISTS: ['NOT EXISTS'],
  IS: ['IS NOT'],
  IF: ['IF NOT'],
}

/** Statements of PL/pgSQL that do something. */
const ACTS = new Set(['PERFORM', 'INSERT', 'UPDATE', 'DELETE', 'RAISE', 'RETURN', 'SELECT'])

const isPlpgsql = (text: string) => /\bLANGUAGE plpgsql\b/i.test(text)

function parses(text: string): boolean {
  try {
    parseSync(text)
    if (isPlpgsql(text)) parsePlPgSQLSync(text)
    return true
  } catch {
    return false
  }
}

/** Every place of a function's body that can be mutated, read by PostgreSQL's own scanner and parser. */
export function sqlMutants(file: string, text: string): Mutant[] {
  const from = text.indexOf('$$') + 2
  const body = text.slice(from, text.lastIndexOf('$$'))
  const tokens = tokensOf(body).map(({ start, end, text: word }) => ({
    start: from + start,
    end: from + end,
    text: word,
  }))
  return [
    ...operators(file, tokens),
    ...numbers(file, tokens),
    ...(isPlpgsql(text) ? statements(file, tokens) : []),
  ].filter(({ start, end, replacement }) => parses(text.slice(0, start) + replacement + text.slice(end)))
}

/** The scanner counts bytes, a string UTF-16 units. */
function tokensOf(body: string): Token[] {
  const bytes = Buffer.from(body)
  const place = (byte: number) => bytes.subarray(0, byte).toString().length
  return scanSync(body)
    .tokens.map(({ start, end }) => ({ start: place(start), end: place(end) }))
    .map(({ start, end }) => ({ start, end, text: body.slice(start, end) }))
    .filter(({ text }) => !text.startsWith('--') && !text.startsWith('/*'))
}

const operators = (file: string, tokens: Token[]): Mutant[] =>
  tokens.flatMap(({ start, end, text }) =>
    (OPERATORS[text.toUpperCase()] ?? []).map((replacement) => ({ file, start, end, replacement, kind: 'Operator' })),
  )

const numbers = (file: string, tokens: Token[]): Mutant[] =>
  tokens
    .filter(({ text }) => /^\d+$/.test(text))
    .map(({ start, end, text }) => ({ file, start, end, replacement: String(Number(text) + 1), kind: 'Boundary' }))

/** The range of a statement, from its first word to its semicolon. */
function statements(file: string, tokens: Token[]): Mutant[] {
  const word = (at: number) => (tokens[at]?.text ?? '').toUpperCase()
  const acts = (at: number) => ACTS.has(word(at)) || word(at + 1) === ':='
  // THEN and ELSE stand in expressions too.
  const begins = (at: number) =>
    [';', 'BEGIN', 'LOOP'].includes(word(at - 1)) || (['THEN', 'ELSE'].includes(word(at - 1)) && acts(at))
  return tokens.flatMap(({ end, text }, last) => {
    if (text !== ';') return []
    let first = last
    while (first > 0 && !begins(first)) first -= 1
    const start = tokens[first]?.start
    if (start === undefined || !acts(first)) return []
    return [{ file, start, end, replacement: 'NULL;', kind: 'StatementLeftOut' }]
  })
}
