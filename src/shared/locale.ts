/** A locale that Intl knows, and English for what is none: an order from an odd client must not go without its email. */
export function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

/** The day as people read it, e.g. `November 21, 2026`. A zone that this runtime does not know counts as UTC. */
export function formatDate(moment: Date, locale: string, timeZone: string): string {
  const format = (zone: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: zone }).format(moment)
  try {
    return format(timeZone)
  } catch {
    return format('UTC')
  }
}

/** The country's name in this language; the code itself when there is no such country. */
export function countryName(code: string, locale: string): string {
  if (code === '') return ''
  try {
    return new Intl.DisplayNames([locale, 'en'], { type: 'region' }).of(code.toUpperCase()) ?? code
  } catch {
    return code
  }
}

type Address = Record<'name' | 'line1' | 'line2' | 'city' | 'state' | 'postalCode' | 'country', string | null>

/** Where the postal code stands before the town, as in most of the world, and where it does not. */
const CODE_AFTER_STATE = new Set(['US', 'CA', 'AU'])
const CODE_ON_ITS_OWN_LINE = new Set(['GB', 'IE'])

function townLines({ city, state, postalCode, country }: Pick<Address, 'city' | 'state' | 'postalCode' | 'country'>) {
  if (CODE_AFTER_STATE.has(country ?? ''))
    return [[city, [state, postalCode].filter(Boolean).join(' ')].filter(Boolean).join(', ')]
  if (CODE_ON_ITS_OWN_LINE.has(country ?? '')) return [[city, state].filter(Boolean).join(', '), postalCode]
  return [[postalCode, city, state].filter(Boolean).join(' ')]
}

/** The lines of an address for an envelope, without empty ones; the country is named in full. */
export function addressLines(address: Address | null, locale: string): string[] {
  if (address === null) return []
  const { name, line1, line2, city, state, postalCode, country } = address
  const lines = [
    name,
    line1,
    line2,
    ...townLines({ city, state, postalCode, country }),
    countryName(country ?? '', locale),
  ]
  return lines.flatMap((line) => (line === null || line === '' ? [] : [line]))
}
