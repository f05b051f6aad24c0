import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

const LANGUAGES = ['en', 'es'] as const

export type Language = (typeof LANGUAGES)[number]

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
