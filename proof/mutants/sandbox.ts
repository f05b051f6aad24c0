import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { signalGroup } from '../../dev/process-group.ts'
import { makeScratchFolder, removeScratchFolder } from '../../dev/scratch-folder.ts'
import { type Mutant, plantAll } from './mutant.ts'

export type Ending = 'passed' | 'failed' | 'timeout'

/** How a run of all tests ended, and each of its files: path in the repository, milliseconds, whether it passed. */
export type Run = { ending: Ending; files: { file: string; ms: number; passed: boolean }[] }

// A test that fails on a busy machine and passes when it is repeated has noticed nothing.
const TESTS = ['vitest', 'run', '--project', 'worker', '--retry', '1']

const reportSchema = z.object({
  testResults: z.array(
    z.object({ name: z.string(), startTime: z.number(), endTime: z.number(), status: z.enum(['passed', 'failed']) }),
  ),
})

/** A copy of the work tree in which bugs can be planted. The work tree itself is never touched. */
export class Sandbox {
  readonly root: string

  constructor(project: string) {
    this.root = makeScratchFolder(tmpdir(), 'mercat-mutants-')
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: project,
    })
    for (const file of files.toString().split('\0')) {
      if (!existsSync(path.join(project, file)) || file === '') continue
      mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true })
      cpSync(path.join(project, file), path.join(this.root, file), { force: true })
    }
    symlinkSync(path.join(project, 'node_modules'), path.join(this.root, 'node_modules'))
  }

  /** The file's text without a bug. Must not be called while one is planted. */
  textOf({ file }: Mutant): string {
    return readFileSync(path.join(this.root, file), 'utf8')
  }

  /** Plants the bugs while `work` runs; no two may overlap. */
  async with<T>(mutants: readonly Mutant[], work: () => Promise<T>): Promise<T> {
    const kept = new Map<string, string>()
    for (const [file, bugs] of Map.groupBy(mutants, (mutant) => mutant.file)) {
      const isSql = file.endsWith('.sql')
      const target = path.join(this.root, isSql ? this.#lastMigration() : file)
      const text = readFileSync(target, 'utf8')
      if (!kept.has(target)) kept.set(target, text)
      const planted = plantAll(readFileSync(path.join(this.root, file), 'utf8'), bugs)
      writeFileSync(target, isSql ? `${text}\n--> statement-breakpoint\n${planted}` : planted)
    }
    try {
      return await work()
    } finally {
      for (const [target, text] of kept) writeFileSync(target, text)
    }
  }

  /** Where a function's text comes last, so that it takes the place of all before it. */
  #lastMigration(): string {
    const last = globSync('drizzle/*.sql', { cwd: this.root }).toSorted().at(-1)
    if (last === undefined) throw new Error('there are no migrations')
    return last
  }

  /** Whether the Worker's types hold. */
  compiles(): Promise<Ending> {
    const state = ['--incremental', '--tsBuildInfoFile', path.join(this.root, '.tsbuildinfo')]
    return this.#run(['tsc', '--noEmit', '-p', 'tsconfig.json', ...state], 300_000)
  }

  /** Runs the Worker's tests that `filters` name, until one fails. */
  test(filters: string[], timeoutMs: number): Promise<Ending> {
    return this.#run([...TESTS, '--bail', '1', '--reporter', 'dot', ...filters], timeoutMs)
  }

  /** Runs all tests of the Worker to their end. */
  async testAll(timeoutMs: number): Promise<Run> {
    const report = path.join(this.root, '.report.json')
    rmSync(report, { force: true })
    const ending = await this.#run([...TESTS, '--reporter', 'json', '--outputFile', report], timeoutMs)
    if (!existsSync(report)) return { ending, files: [] }
    const { testResults } = reportSchema.parse(JSON.parse(readFileSync(report, 'utf8')))
    const files = testResults.map(({ name, startTime, endTime, status }) => ({
      file: path.relative(this.root, name),
      ms: endTime - startTime,
      passed: status === 'passed',
    }))
    return { ending, files }
  }

  /** Whether the routes still make the OpenAPI document that is committed. */
  documents(): Promise<Ending> {
    return this.#run(['node', 'scripts/openapi.ts', '--check'], 300_000)
  }

  remove(): void {
    removeScratchFolder(this.root)
  }

  #run([program = '', ...args]: string[], timeoutMs: number): Promise<Ending> {
    const PATH = `${path.join(this.root, 'node_modules', '.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`
    const child = spawn(program, args, {
      cwd: this.root,
      env: { ...process.env, PATH, CI: 'true' },
      stdio: 'ignore',
      detached: true,
    })
    const end = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL')
    process.once('exit', end)
    let ending: Ending | undefined
    const timer = setTimeout(() => {
      ending = 'timeout'
      // Its services stop with it; kill what does not.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGTERM')
      setTimeout(end, 10_000).unref()
    }, timeoutMs)
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        clearTimeout(timer)
        process.removeListener('exit', end)
        resolve(ending ?? (code === 0 ? 'passed' : 'failed'))
      })
    })
  }
}
