type Node = {
  'Node Type': string
  'Relation Name'?: string
  Operation?: string
  'Actual Rows'?: number
  'Conflict Resolution'?: string
  Plans?: Node[]
}

/** What auto_explain says of one statement. */
export type Plan = { 'Query Text': string; Plan: Node }

/**
 * What a statement did to rows of a table: locked rows that others may lock too, or wrote new ones. `byTrigger` when a
 * trigger did, whose plan comes before that of its statement; `isLast` of its statement.
 */
export type Lock = { table: string; isNew: boolean; byTrigger: boolean; isLast: boolean }

type OwnLock = Pick<Lock, 'table' | 'isNew'>

/** Statements of foreign keys and of the triggers in src/db/functions. */
const OF_TRIGGER = /\b(?:FROM|UPDATE) ONLY\b|\bthe_order\b|\bthe_id\b|\bNEW\.id\b/

const rowsOf = (node: Node): number => node['Actual Rows'] ?? 0

/** The table that SELECT … FOR UPDATE locks: that of the nearest FROM before it at its own depth. Undefined for key shares. */
function lockedBySelect(text: string): string | undefined {
  let depth = 0
  for (let at = text.search(/\bFOR (?:NO KEY )?UPDATE\b/i); at >= 0; at--) {
    if (text[at] === ')') depth += 1
    if (text[at] === '(') depth -= 1
    const from = depth === 0 ? /^FROM (?:"?public"?\.)?"?(\w+)/i.exec(text.slice(at)) : null
    if (from !== null) return from[1]
  }
  return undefined
}

/** What a node of a plan locks itself. An insert that may conflict waits for whoever inserts the same: it counts as a lock. */
function lockOf(node: Node, text: string): OwnLock | undefined {
  if (node['Node Type'] === 'LockRows') {
    const table = rowsOf(node) > 0 ? lockedBySelect(text) : undefined
    return table === undefined ? undefined : { table, isNew: false }
  }
  const table = node['Relation Name']
  const isTouched = (node.Plans ?? []).some((each) => rowsOf(each) > 0)
  if (node['Node Type'] !== 'ModifyTable' || table === undefined || !isTouched) return undefined
  return { table, isNew: node.Operation === 'Insert' && node['Conflict Resolution'] === undefined }
}

function locksWithin(node: Node, text: string): OwnLock[] {
  // What a statement reads, it finds before it writes.
  const below = (node.Plans ?? []).flatMap((each) => locksWithin(each, text))
  const own = lockOf(node, text)
  return own === undefined ? below : [...below, own]
}

/** What a statement locked and wrote, in the order of its plan. */
export const locksOf = ({ 'Query Text': text, Plan: plan }: Plan): Lock[] =>
  locksWithin(plan, text).map((lock, at, all) => ({
    ...lock,
    byTrigger: OF_TRIGGER.test(text),
    isLast: at === all.length - 1,
  }))

/** Tables in the order of their first lock, without those that the batch had written new rows to before it. */
export function orderOf(locks: readonly Lock[]): string[] {
  const inTime: Lock[] = []
  const byTriggers: Lock[] = []
  for (const lock of locks) {
    if (lock.byTrigger) byTriggers.push(lock)
    else inTime.push(lock)
    // Triggers lock when their statement has done all else.
    if (!lock.byTrigger && lock.isLast) inTime.push(...byTriggers.splice(0))
  }
  const first = new Map<string, Lock>()
  for (const lock of [...inTime, ...byTriggers]) if (!first.has(lock.table)) first.set(lock.table, lock)
  return [...first.values()].filter(({ isNew }) => !isNew).map(({ table }) => table)
}
