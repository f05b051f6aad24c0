import { z } from 'zod'
import { newId } from '../model/ids.ts'

/**
 * A call to fail on purpose. `path` matches exactly, except that a segment `{id}` (any name in braces) or `*`
 * stands for any one segment, and a final `*` for any rest. `before`: answered at once, with no effect and nothing
 * kept under the idempotency key. `after`: the call takes effect and its true answer is kept under the key, but the
 * caller gets `status` instead. Status `timeout`: the connection stays open without an answer.
 */
export const faultSchema = z.strictObject({
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .default('*'),
  path: z.string().startsWith('/'),
  when: z.enum(['before', 'after']).default('before'),
  status: z.union([z.int().min(400).max(599), z.literal('timeout')]).default(500),
  times: z.int().min(1).max(10_000).default(1),
})

export type Fault = z.infer<typeof faultSchema> & { id: string; remaining: number }

export class FaultList {
  #faults: Fault[] = []

  add(fault: z.infer<typeof faultSchema>): Fault {
    const added = { id: newId('fault'), ...fault, remaining: fault.times }
    this.#faults.push(added)
    return added
  }

  list(): Fault[] {
    return this.#faults
  }

  clear(): void {
    this.#faults = []
  }

  /** The oldest fault that matches, counted down; a fault used up is forgotten. */
  take(method: string, path: string, when: Fault['when']): Fault | undefined {
    const fault = this.#faults.find(
      (candidate) =>
        candidate.when === when &&
        (candidate.method === '*' || candidate.method === method) &&
        pathMatches(candidate.path, path),
    )
    if (!fault) return undefined
    fault.remaining -= 1
    if (fault.remaining === 0) this.#faults = this.#faults.filter((other) => other !== fault)
    return fault
  }
}

export function pathMatches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const actual = path.split('/')
  if (wanted.at(-1) === '*' && actual.length >= wanted.length) actual.length = wanted.length
  return (
    wanted.length === actual.length &&
    wanted.every((segment, index) => segment === actual[index] || segment === '*' || /^\{.*\}$/.test(segment))
  )
}
