import type { FormObject } from './form.ts'

/** One API call as received; `status` is null while it is in progress, `timeout` when a fault left it unanswered. */
export type LoggedRequest = {
  request_id: string
  at: string
  method: string
  path: string
  params: FormObject
  idempotency_key: string | null
  status: number | 'timeout' | null
  replayed: boolean
  fault: 'before' | 'after' | null
}

const KEPT = 50_000

export class RequestLog {
  #requests: LoggedRequest[] = []

  add(request: LoggedRequest): void {
    this.#requests.push(request)
    if (this.#requests.length > KEPT) this.#requests = this.#requests.slice(-KEPT / 2)
  }

  /** In order of arrival. */
  list(): LoggedRequest[] {
    return this.#requests
  }

  clear(): void {
    this.#requests = []
  }
}
