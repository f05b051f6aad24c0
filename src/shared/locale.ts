/** The locale if Intl knows it, else English, so that an unknown locale of a buyer does not stop their email. */
export function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

/** The date for people, such as `November 21, 2026`. A time zone that this runtime does not know counts as UTC. */
export function formatDate(moment: Date, locale: string, timeZone: string): string {
  const format = (zone: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: zone }).format(moment)
  try {
    return format(timeZone)
  } catch {
    return format('UTC')
  }
}

/** The country's name in this language; the code itself for an unknown country. */
export function countryName(code: string, locale: string): string {
  if (code === '') return ''
  try {
    return new Intl.DisplayNames([locale, 'en'], { type: 'region' }).of(code.toUpperCase()) ?? code
  } catch {
    return code
  }
}

type Address = Record<'name' | 'line1' | 'line2' | 'city' | 'state' | 'postalCode' | 'country', string | null>

/** Countries where the postal code comes after the state, or on its own line; elsewhere it comes before the city. */
const CODE_AFTER_STATE = new Set(['US', 'CA', 'AU'])
const CODE_ON_ITS_OWN_LINE = new Set(['GB', 'IE'])

function townLines({ city, state, postalCode, country }: Pick<Address, 'city' | 'state' | 'postalCode' | 'country'>) {
  if (CODE_AFTER_STATE.has(country ?? ''))
    return [[city, [state, postalCode].filter(Boolean).join(' ')].filter(Boolean).join(', ')]
  if (CODE_ON_ITS_OWN_LINE.has(country ?? '')) return [[city, state].filter(Boolean).join(', '), postalCode]
  return [[postalCode, city, state].filter(Boolean).join(' ')]
}

/** The lines of a postal address, without empty ones and with the country's full name. */
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
