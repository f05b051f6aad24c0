import { readFileSync, globSync } from 'node:fs'
import path from 'node:path'
import type { Mutant } from './mutant.ts'
import { sqlMutants } from './sql.ts'
import { typescriptMutants } from './typescript.ts'

/** Not run by the Worker: the schema is the source of the migrations, and the list of passwords is generated. */
const NOT_RUN = /^src\/db\/schema\/|common-passwords\.ts$/

/** All places where a bug can be planted, in the same order each time. */
export async function allMutants(root: string): Promise<Mutant[]> {
  const files = globSync(['src/**/*.ts', 'src/db/functions/*.sql'], { cwd: root })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !NOT_RUN.test(file))
    .toSorted()
  const found = await Promise.all(
    files.map(async (file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      return file.endsWith('.sql') ? sqlMutants(file, text) : typescriptMutants(file, text)
    }),
  )
  return found.flat()
}

/** The items in an order that depends on the seed alone. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const next = generator(seed)
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const at = Math.floor(next() * (last + 1))
    const [one, other] = [order[at], order[last]]
    if (one === undefined || other === undefined) continue
    order[at] = other
    order[last] = one
  }
  return order
}

/** Mulberry32: numbers from 0 to 1, 1 excluded. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
