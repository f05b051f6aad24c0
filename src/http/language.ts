import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { type Language, LANGUAGES } from '../shared/languages.ts'

const isKnown = (language: string): language is Language => LANGUAGES.some((known) => known === language)

/** The caller's language by `Accept-Language`, regions and weights considered; English when we speak none of theirs. */
export function languageOf(c: Context): Language {
  const found = accepts(c, {
    header: 'Accept-Language',
    supports: [...LANGUAGES],
    default: 'en',
    match: (wanted) =>
      wanted
        .toSorted((a, b) => b.q - a.q)
        .map(({ type }) => type.slice(0, 2).toLowerCase())
        .find(isKnown) ?? 'en',
  })
  return isKnown(found) ? found : 'en'
}
