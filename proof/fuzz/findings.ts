import type { Broken } from './check-answer.ts'
import type { Exchanged } from './exchange.ts'
import type { RawRequest } from './raw-request.ts'
import type { RequestTemplate } from './request-template.ts'

/** A broken rule, reported once with the smallest request that breaks it. */
export interface Finding {
  rule: string
  what: string
  operation: string
  count: number
  /** Undefined for findings without a request: a log line, or the state at the end. */
  request?: { seed: number; index: number; template: RequestTemplate; curl: string; answer: string }
}

export class Findings {
  private readonly all = new Map<string, Finding>()

  /** Findings with the same rule and operation are the same, whatever the values were. */
  private keyOf({ rule, what }: Broken, operation: string): string {
    return `${operation} | ${rule} | ${(what.split(' · ')[0] ?? '').replaceAll(/ORD-\w+|(?:cs|cus)_\w+|[0-9a-f-]{8,}|cnry\d+x|\d+/g, '#').slice(0, 80)}`
  }

  isKnown(broken: Broken, operation: string): boolean {
    return this.all.has(this.keyOf(broken, operation))
  }

  /** Counts a finding; answers whether it is a new one. */
  add(broken: Broken, operation: string, request?: Finding['request']): boolean {
    const key = this.keyOf(broken, operation)
    const known = this.all.get(key)
    if (known !== undefined) {
      known.count += 1
      return false
    }
    this.all.set(key, { ...broken, operation, count: 1, ...(request === undefined ? {} : { request }) })
    return true
  }

  list(): Finding[] {
    return [...this.all.values()]
  }
}

const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`

/** The request as a command line that sends about the same. */
export function toCurl(api: string, { method, target, headers, body }: RawRequest): string {
  const given = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `-H ${quoted(`${name}: ${value}`)}`),
  )
  const text = body === undefined ? [] : [`--data-binary ${quoted(Buffer.from(body).toString('utf8').slice(0, 2_000))}`]
  return [`curl -i -X ${method} --path-as-is ${quoted(api + target)}`, ...given, ...text].join(' \\\n  ')
}

export const describeAnswer = ({ answer: { status, headers, text } }: Exchanged): string =>
  `${status} ${[headers['content-type']].flat().join()}\n${text.slice(0, 1_500)}`
