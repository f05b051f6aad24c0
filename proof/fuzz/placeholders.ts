/**
 * Ids and tokens differ from run to run, generated requests must not. So a request names what it wants by a
 * placeholder, which is filled in when it is sent: `own` things of the caller, those of an `other` one, of a
 * `bystander` who does nothing in the whole run, and what the `shop` shows to everybody. A `~` at the end asks for the
 * value with one character changed.
 */
const PLACEHOLDER = /⟦(own|other|bystander|shop|new)\.([a-zA-Z]+):(\d+)(~?)⟧/g

export type Scope = 'own' | 'other' | 'bystander' | 'shop' | 'new'

export const placeholder = (scope: Scope, name: string, at = 0, isTampered = false): string =>
  `⟦${scope}.${name}:${at}${isTampered ? '~' : ''}⟧`

export type Lookup = (scope: Scope, name: string, at: number) => string

/** Fills in what a text names; `encode` makes a value fit where it stands. */
export const fillIn = (text: string, lookup: Lookup, encode: (value: string) => string = (value) => value): string =>
  text.replaceAll(PLACEHOLDER, (_, scope: string, name: string, at: string, tampered: string) => {
    const value = lookup(scope as Scope, name, Number(at))
    return encode(tampered === '' ? value : tamper(value, Number(at)))
  })

function tamper(value: string, at: number): string {
  const where = (at * 7 + 3) % Math.max(1, value.length)
  const other = value[where] === 'A' ? 'B' : 'A'
  return `${value.slice(0, where)}${other}${value.slice(where + 1)}`
}

/** For a text inside of JSON. */
export const asJson = (value: string): string => JSON.stringify(value).slice(1, -1)
