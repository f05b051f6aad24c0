import type { Operation } from './document.ts'
import type { Exchanged } from './exchange.ts'

/** Which operations were asked for and what they answered. */
export class Tally {
  private readonly byOperation = new Map<string, Map<number, number>>()
  requests = 0

  add({ operation, answer: { status } }: Exchanged): void {
    this.requests += 1
    const id = operation?.id ?? '(no operation)'
    const statuses = this.byOperation.get(id) ?? new Map<number, number>()
    this.byOperation.set(id, statuses.set(status, (statuses.get(status) ?? 0) + 1))
  }

  of(operation: string): ReadonlyMap<number, number> {
    return this.byOperation.get(operation) ?? new Map()
  }

  names(): string[] {
    return [...this.byOperation.keys()]
  }
}

/** Documented answers that a run need not see: for failures and races, and for operators. */
const BY_CHANCE = new Set(['deleteAccount 202', 'getOperatorSession 200'])

/** Documented successes that no request got. */
export function missedSuccesses(operations: readonly Operation[], tally: Tally): string[] {
  return operations.flatMap(({ id, answers }) =>
    Object.keys(answers)
      .filter((status) => status.startsWith('2') && !tally.of(id).has(Number(status)))
      .map((status) => `${id} ${status}`)
      .filter((each) => !BY_CHANCE.has(each)),
  )
}

/** One line per operation: requests, how many of each class, and the count of every status. */
export function tableOf(operations: readonly Operation[], tally: Tally): string {
  const known = operations.map(({ id }) => id)
  const rows = [...known, ...tally.names().filter((name) => !known.includes(name))].map((name) => {
    const statuses = [...tally.of(name)].toSorted(([a], [b]) => a - b)
    const sum = (digit: number) =>
      statuses.filter(([status]) => Math.floor(status / 100) === digit).reduce((total, [, count]) => total + count, 0)
    const counts = [[2, 3, 4, 5].reduce((total, digit) => total + sum(digit), 0), sum(2), sum(3), sum(4), sum(5)]
    const detail = statuses.map(([status, count]) => `${status}×${count}`).join(' ')
    return `${name.padEnd(32)}${counts.map((count) => String(count).padStart(8)).join('')}  ${detail}`
  })
  return [
    `${'operation'.padEnd(32)}${['all', '2xx', '3xx', '4xx', '5xx'].map((head) => head.padStart(8)).join('')}  by status`,
    ...rows,
  ].join('\n')
}
