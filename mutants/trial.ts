import type { Mutant } from './mutant.ts'
import type { TestsOf } from './tests-of.ts'
import type { Workshop } from './workshop.ts'

/** What noticed the bug; undefined when nothing did. */
export type Verdict = 'tests of the place' | 'openapi.json' | 'all tests' | 'time ran out' | undefined

const MIN_TIMEOUT_MS = 60_000
const FIRST_TIMEOUT_MS = 30 * 60_000

/** Tries bugs in one workshop, one after the other. */
export class Trial {
  readonly #workshop: Workshop
  readonly #testsOf: TestsOf
  /** How long the tests take without a bug, by what is run. */
  readonly #usual = new Map<string, Promise<number>>()

  constructor(workshop: Workshop, testsOf: TestsOf) {
    this.#workshop = workshop
    this.#testsOf = testsOf
  }

  /** What notices the bug, the nearest tests first. */
  async judge(mutant: Mutant): Promise<Verdict> {
    const near = this.#testsOf(mutant.file)
    const found = near.length > 0 ? await this.#test(mutant, near) : 'passed'
    if (found !== 'passed') return found === 'timeout' ? 'time ran out' : 'tests of the place'
    const isRead = mutant.file.endsWith('.ts')
    if (isRead && (await this.#workshop.with(mutant, () => this.#workshop.documents())) !== 'passed')
      return 'openapi.json'
    const last = await this.#test(mutant, [])
    if (last !== 'passed') return last === 'timeout' ? 'time ran out' : 'all tests'
    return undefined
  }

  async #test(mutant: Mutant, filters: string[]) {
    const usual = await this.#usualTime(filters)
    return this.#workshop.with(mutant, () => this.#workshop.test(filters, MIN_TIMEOUT_MS + 3 * usual))
  }

  /** Tests that fail without a bug would find every bug. */
  #usualTime(filters: string[]): Promise<number> {
    const key = filters.join(' ')
    const known = this.#usual.get(key) ?? this.#measure(filters)
    this.#usual.set(key, known)
    return known
  }

  async #measure(filters: string[]): Promise<number> {
    const start = performance.now()
    const ending = await this.#workshop.test(filters, FIRST_TIMEOUT_MS)
    if (ending !== 'passed') throw new Error(`these tests fail without a bug: ${filters.join(' ') || 'all'}`)
    return performance.now() - start
  }
}
