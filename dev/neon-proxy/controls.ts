import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { HttpFailure, readJson, sendJson, sendNothing } from '../http-server.ts'
import type { Notice } from './run-sql.ts'

const REMEMBERED_QUERIES = 200
const REMEMBERED_NOTICES = 5_000

/** One request on /sql is one round trip; a batch is one transaction; statements leave BEGIN and COMMIT out. */
export interface ProxyStats {
  round_trips: number
  statements: number
  transactions: number
  /** Texts of the latest statements, oldest first. */
  queries: string[]
}

const faultSchema = z.object({
  match: z.string().min(1),
  when: z.enum(['before', 'after_commit']),
  times: z.int().min(1).default(1),
})
export type Fault = z.infer<typeof faultSchema>
const latencySchema = z.object({ ms: z.number().min(0).max(60_000) })

/** What tests set and read: counters, notices, delay of every round trip, and requests to fail. */
export class Controls {
  latencyMs = 0
  private counted: ProxyStats = { round_trips: 0, statements: 0, transactions: 0, queries: [] }
  private faults: Fault[] = []
  private notices: Notice[] = []

  stats(): ProxyStats {
    return { ...this.counted, queries: [...this.counted.queries] }
  }

  resetStats(): void {
    this.counted = { round_trips: 0, statements: 0, transactions: 0, queries: [] }
  }

  countRoundTrip(): void {
    this.counted.round_trips += 1
  }

  countStatements(texts: string[], inTransaction: boolean): void {
    this.counted.statements += texts.length
    if (inTransaction) this.counted.transactions += 1
    this.counted.queries = [...this.counted.queries, ...texts].slice(-REMEMBERED_QUERIES)
  }

  addNotice(notice: Notice): void {
    this.notices.push(notice)
    if (this.notices.length > REMEMBERED_NOTICES) this.notices.shift()
  }

  get hasFaults(): boolean {
    return this.faults.length > 0
  }

  /** Uses up one turn of the first fault for that moment whose text, with or without quotes, one of these contains. */
  takeFault(when: Fault['when'], texts: string[]): boolean {
    const normalised = texts.map(normalise)
    const fault = this.faults.find(
      (each) => each.when === when && normalised.some((text) => text.includes(normalise(each.match))),
    )
    if (fault === undefined) return false
    fault.times -= 1
    this.faults = this.faults.filter((each) => each.times > 0)
    return true
  }

  /** Answers the `/_proxy/…` calls. */
  async handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    switch (`${request.method} ${path}`) {
      case 'GET /_proxy/stats':
        return sendJson(response, 200, this.stats())
      case 'DELETE /_proxy/stats':
        this.resetStats()
        return sendNothing(response)
      // The notices since the last call.
      case 'POST /_proxy/notices':
        return sendJson(response, 200, { notices: this.notices.splice(0) })
      case 'GET /_proxy/latency':
        return sendJson(response, 200, { ms: this.latencyMs })
      case 'PUT /_proxy/latency':
        this.latencyMs = (await readJson(request, latencySchema)).ms
        return sendJson(response, 200, { ms: this.latencyMs })
      case 'GET /_proxy/faults':
        return sendJson(response, 200, { faults: this.faults })
      case 'POST /_proxy/faults': {
        const fault = await readJson(request, faultSchema)
        this.faults.push(fault)
        return sendJson(response, 201, fault)
      }
      case 'DELETE /_proxy/faults':
        this.faults = []
        return sendNothing(response)
      default:
        throw new HttpFailure(404, `there is no ${request.method} ${path}`)
    }
  }
}

function normalise(sql: string): string {
  return sql.replaceAll('"', '').replaceAll(/\s+/g, ' ').trim().toLowerCase()
}
