import { spawn } from 'node:child_process'
import path from 'node:path'

// Everything that must hold before a change is merged. All steps run even when one fails, so that one run tells all.
// `--skip-tests` leaves the tests to `npm test` and `npm run test:long`.

const root = path.join(import.meta.dirname, '..')

type Step = { name: string; command: string; args: string[]; repair?: string }

const STEPS: Step[] = [
  { name: 'format', command: 'oxfmt', args: ['--check', '.'], repair: 'npm run format' },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'types: Worker', command: 'tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types: tools', command: 'tsc', args: ['--noEmit', '-p', 'tsconfig.node.json'] },
  {
    name: 'import rules',
    command: 'depcruise',
    args: ['--config', '.dependency-cruiser.mjs', 'src', 'dev', 'scripts', 'proof'],
  },
  { name: 'dead code', command: 'knip', args: ['--no-config-hints'] },
  { name: 'migrations', command: 'node', args: ['scripts/check-migrations.ts'], repair: 'npm run db:generate' },
  {
    name: 'functions',
    command: 'node',
    args: ['scripts/db-generate.ts', '--check'],
    repair: 'npm run db:generate',
  },
  { name: 'states page', command: 'node', args: ['scripts/states.ts', '--check'], repair: 'npm run generate:states' },
  { name: 'openapi.json', command: 'node', args: ['scripts/openapi.ts', '--check'], repair: 'npm run openapi' },
  { name: 'openapi rules', command: 'node', args: ['scripts/lint-openapi.ts'] },
  {
    name: 'passwords',
    command: 'node',
    args: ['scripts/common-passwords.ts', '--check'],
    repair: 'npm run generate:passwords',
  },
  {
    name: "Stripe's contract",
    command: 'node',
    args: ['scripts/stripe-contract.ts', '--check'],
    repair: 'npm run generate:stripe-contract',
  },
  { name: 'bundle size', command: 'node', args: ['scripts/check-bundle.ts'] },
]

const TESTS: Step[] = [
  { name: 'tests', command: 'vitest', args: ['run', '--project', 'worker', '--project', 'node'] },
  { name: 'long tests', command: 'vitest', args: ['run', '--project', 'long', '--project', 'long-worker'] },
]

type Result = { step: Step; ok: boolean; seconds: number }

async function run(step: Step): Promise<Result> {
  const start = performance.now()
  // npm's folder of programs comes first, so that the pinned Node runs every one of them.
  const PATH = `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH ?? ''}`
  const child = spawn(step.command, step.args, {
    cwd: root,
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  const collect = (chunk: Buffer) => {
    if (TESTS.includes(step)) process.stdout.write(chunk)
    else output.push(chunk)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const ok = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0))
  })
  const seconds = (performance.now() - start) / 1_000
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${step.name.padEnd(17)} ${seconds.toFixed(1).padStart(6)} s`)
  if (!ok) {
    process.stdout.write(Buffer.concat(output))
    if (step.repair !== undefined) console.log(`        may be repaired by: ${step.repair}`)
  }
  return { step, ok, seconds }
}

const results: Result[] = []
for (const step of process.argv.includes('--skip-tests') ? STEPS : [...STEPS, ...TESTS]) results.push(await run(step))

const failed = results.filter(({ ok }) => !ok).map(({ step }) => step.name)
const total = results.reduce((sum, { seconds }) => sum + seconds, 0)
console.log(
  failed.length === 0
    ? `\nAll ${results.length} steps hold (${total.toFixed(0)} s).`
    : `\nFailed: ${failed.join(', ')} (${total.toFixed(0)} s).`,
)
process.exitCode = failed.length === 0 ? 0 : 1
