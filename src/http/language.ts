import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { type Language, LANGUAGES } from '../shared/languages.ts'

const isKnown = (language: string): language is Language => LANGUAGES.some((known) => known === language)

/** The best of our languages by `Accept-Language`, respecting regions and weights; English if none matches. */
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
