import type { FieldError } from '../shared/errors.ts'

/** Deeper than any request needs; protects recursive code that walks the value later from a stack overflow. */
const DEPTH_LIMIT = 32
const ERRORS_LIMIT = 20

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

const REFUSED = {
  code: 'invalid-characters',
  message: 'Contains a NUL character or half of a surrogate pair, which cannot be stored.',
} as const

/**
 * Finds texts, keys included, that PostgreSQL cannot store, and values nested too deep, in parsed JSON.
 * Walks without recursion, so that no input can overflow the stack.
 */
export function findUnstorable(json: unknown): FieldError[] {
  const errors: FieldError[] = []
  const left: { value: unknown; field: string; depth: number }[] = [{ value: json, field: '', depth: 0 }]
  for (let at = left.pop(); at !== undefined && errors.length < ERRORS_LIMIT; at = left.pop()) {
    const { value, field, depth } = at
    if (typeof value === 'string' && !isStorable(value)) errors.push({ field: field || 'json', ...REFUSED })
    if (value === null || typeof value !== 'object') continue
    if (depth === DEPTH_LIMIT) {
      errors.push({ field, code: 'too-deep', message: `Nested deeper than ${DEPTH_LIMIT} levels.` })
      continue
    }
    for (const [key, item] of Object.entries(value)) {
      const name = field === '' ? key : `${field}.${key}`
      if (isStorable(key)) left.push({ value: item, field: name, depth: depth + 1 })
      else errors.push({ field: field || 'json', ...REFUSED })
    }
  }
  return errors
}

const hasNul = (text: string): boolean => /%00|\0/.test(text)

/** As `findUnstorable`, for a percent-encoded URL. Only NUL can occur in it, since decoding refuses bad surrogates. */
export function findUnstorableInUrl(href: string): FieldError[] {
  if (!hasNul(href)) return []
  const url = new URL(href)
  const parameters = url.search
    .slice(1)
    .split('&')
    .filter(hasNul)
    .map((pair) => ({ field: nameOf(pair), ...REFUSED }))
  return [...(hasNul(url.pathname) ? [{ field: 'path', ...REFUSED }] : []), ...parameters]
}

function nameOf(pair: string): string {
  const name = pair.split('=', 1)[0] ?? ''
  return name === '' || name.includes('%') ? 'query' : name
}
