import type { Broken } from './check-answer.ts'
import type { RawAnswer } from './raw-request.ts'

/** Every text that an actor writes into the shop begins with their mark. */
export const MARK = /cnry\d{4}x/g
export const markOf = (number: number): string => `cnry${String(number).padStart(4, '0')}x`

const IDENTIFIERS = new RegExp(
  [
    MARK.source,
    // UUIDs, orders, payment pages, and what Stripe calls a customer, a payment and the like.
    '\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b',
    '\\bORD-[0-9A-Z]{10}\\b',
    '\\b(?:cs|cus|pi|ch|re|pm|py)_[A-Za-z0-9_]{8,}',
  ].join('|'),
  'g',
)

/**
 * Who has what. An identifier that an answer shows to somebody is theirs from then on, unless it is one that the shop
 * shows to everybody; an answer that shows it to somebody else is a leak. Nothing of this needs to know what the
 * operations are for.
 */
export class Ownership {
  private readonly owners = new Map<string, string>()
  private readonly secrets = new Set<string>()
  private readonly isPublic: ReadonlySet<string>

  constructor(shown: Iterable<string>) {
    this.isPublic = new Set(shown)
  }

  /** Secrets: they may be shown to their owner once, and never again. */
  keepSecret(owner: string, value: string): void {
    if (value.length < 16) return
    this.secrets.add(value)
    this.owners.set(value, owner)
  }

  claim(owner: string, value: string): void {
    if (!this.isPublic.has(value) && !this.owners.has(value)) this.owners.set(value, owner)
  }

  /** Who owns what this names; undefined for what nobody or everybody has. */
  ownerOf(value: string): string | undefined {
    return this.owners.get(value)
  }

  /** The secrets in a text. */
  secretsIn(text: string): string[] {
    return (text.match(/[\w.~+/=%-]{16,}/g) ?? []).filter((word) => this.secrets.has(word))
  }

  /** What an answer to `reader` shows of others, apart from what the request itself named. */
  check(reader: string, sent: string, { status, headers, text }: RawAnswer): Broken[] {
    const requestId = String(headers['x-request-id'])
    const shown = `${text}\n${[headers['set-cookie'], headers['location'], headers['link']].flat().join('\n')}`
    const broken: Broken[] = []
    for (const value of new Set(shown.match(IDENTIFIERS))) {
      if (value === requestId || this.isPublic.has(value)) continue
      const owner = this.owners.get(value)
      if (owner === undefined) {
        if (status < 300 && !sent.includes(value)) this.owners.set(value, reader)
      } else if (owner !== reader && !sent.includes(value)) {
        broken.push({ rule: 'nobody sees what is another’s', what: `${value} of ${owner} in an answer to ${reader}` })
      }
    }
    for (const secret of this.secretsIn(status >= 400 ? text : '')) {
      if (!sent.includes(secret)) broken.push({ rule: 'no refusal shows a secret', what: `${secret.slice(0, 6)}…` })
    }
    return broken
  }
}
