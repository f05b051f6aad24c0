import { apart, type Mutant } from './mutant.ts'
import type { TestsOf } from './tests-of.ts'
import type { Run, Sandbox } from './sandbox.ts'

/** What noticed the bug; undefined when nothing did. */
export type Verdict = 'nearby tests' | 'openapi.json' | 'all tests' | 'time ran out' | undefined

/** On a busy machine, tests may take several times as long as alone. */
const PATIENCE = 4
const START_MS = 60_000
const FIRST_TIMEOUT_MS = 30 * 60_000

/** How long each test file takes without a bug. Throws when one fails: it would find every bug. */
export async function measureTests(sandbox: Sandbox): Promise<Run['files']> {
  const { ending, files } = await sandbox.testAll(FIRST_TIMEOUT_MS)
  const failed = files.filter(({ passed }) => !passed).map(({ file }) => file)
  if (ending !== 'passed') throw new Error(`these tests fail without a bug: ${failed.join(' ') || ending}`)
  return files
}

/** Tries bugs in one sandbox, one after the other. */
export class Trial {
  readonly #sandbox: Sandbox
  readonly #testsOf: TestsOf
  readonly #usual: Run['files']

  constructor(sandbox: Sandbox, testsOf: TestsOf, usual: Run['files']) {
    this.#sandbox = sandbox
    this.#testsOf = testsOf
    this.#usual = usual
  }

  /** What notices the bug without asking all tests, the quickest first. */
  async judge(mutant: Mutant): Promise<Verdict> {
    const isRead = mutant.file.endsWith('.ts')
    if (isRead && (await this.#sandbox.with([mutant], () => this.#sandbox.documents())) !== 'passed')
      return 'openapi.json'
    const near = this.#testsOf(mutant.file)
    const found = near.length > 0 ? await this.#test(mutant, near) : 'passed'
    if (found === 'passed') return undefined
    return found === 'timeout' ? 'time ran out' : 'nearby tests'
  }

  /** Those of the bugs that all tests together notice. Bugs are planted side by side, since most will go unnoticed. */
  async judgeByAll(mutants: readonly Mutant[]): Promise<Mutant[]> {
    const noticed: Mutant[] = []
    for (const group of apart(mutants)) noticed.push(...(await this.#noticedOf(group)))
    return noticed
  }

  async #noticedOf(group: readonly Mutant[]): Promise<readonly Mutant[]> {
    if (group.length === 0) return []
    const run = await this.#sandbox.with(group, () => this.#sandbox.testAll(this.#timeout([''])))
    if (run.ending === 'passed') return []
    if (group.length === 1) return group
    const failed = run.files.filter(({ passed }) => !passed).map(({ file }) => file)
    const guilty = failed.length === 0 ? [] : await this.#guiltyOf(group, failed)
    if (guilty.length > 0) {
      const rest = group.filter((each) => !guilty.includes(each))
      return [...guilty, ...(await this.#noticedOf(rest))]
    }
    // Together they fail the tests or stop them: try each half by itself.
    const half = Math.ceil(group.length / 2)
    return [...(await this.#noticedOf(group.slice(0, half))), ...(await this.#noticedOf(group.slice(half)))]
  }

  async #guiltyOf(group: readonly Mutant[], tests: string[]): Promise<Mutant[]> {
    const guilty: Mutant[] = []
    for (const mutant of group) if ((await this.#test(mutant, tests)) !== 'passed') guilty.push(mutant)
    return guilty
  }

  #test(mutant: Mutant, filters: string[]) {
    return this.#sandbox.with([mutant], () => this.#sandbox.test(filters, this.#timeout(filters)))
  }

  #timeout(filters: string[]): number {
    const files = this.#usual.filter(({ file }) => filters.some((filter) => file.includes(filter)))
    return START_MS + PATIENCE * files.reduce((sum, { ms }) => sum + ms, 0)
  }
}
