/** A KV namespace whose `get` and `put` may be replaced, and which remembers its writes. */
export function createKv(parts: { get?: () => Promise<unknown>; put?: () => Promise<void> } = {}) {
  const values = new Map<string, string>()
  const writes: { key: string; value: { c: number } }[] = []
  return {
    values,
    writes,
    get: parts.get ?? (async (key: string) => JSON.parse(values.get(key) ?? 'null') as unknown),
    put: async (key: string, value: string) => {
      await parts.put?.()
      values.set(key, value)
      writes.push({ key, value: JSON.parse(value) as { c: number } })
    },
  }
}

/** How often each status came. */
export const statuses = (answers: { status: number }[]) => {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
