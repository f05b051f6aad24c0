import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'
import { writeVars } from './dev-vars.ts'
import type { Vars } from './dev-vars.ts'
import { workerFile } from './left-overs.ts'
import { asGroupLeader, signalGroup } from './process-group.ts'
import { recordProcess } from './process-identity.ts'
import { waitUntil } from './wait-until.ts'

/** What wrangler prints at every start: names of variables, and that it fires no cron (this stack does). */
const NOISE =
  /^(env\.|Binding |Your Worker has access|Using secrets)|Scheduled Workers are not|To manually trigger|local\/scheduled"|For more details, see/

export interface WorkerOptions {
  /** Folder with wrangler.toml. */
  folder: string
  port: number
  vars: Vars
  /** Folder for KV, queues and caches of the dev server, and for the file of variables. */
  stateDir: string
  log: (line: string) => void
  signal: AbortSignal | undefined
}

export interface RunningWorker {
  url: string
  /** Fulfilled when the dev server ends, whoever ended it; says how. */
  exited: Promise<string>
  stop(): Promise<void>
}

/** Starts `wrangler dev` and waits until `/healthz` answers; throws with its last output when it ends before. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { port, stateDir, log, signal } = options
  mkdirSync(stateDir, { recursive: true })
  const child = launch(options)
  if (child.pid !== undefined) recordProcess(workerFile(stateDir), child.pid)
  const tail = followOutput(child, log)
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`wrangler dev could not be started: ${error.message}`))
    // Children of a wrangler that was killed would keep its output open, and "close" from coming.
    child.once('exit', () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL'))
    child.once('close', (code, by) => resolve(`wrangler dev ended (${by ?? `code ${code}`}):\n${tail().join('\n')}`))
  })
  let ended = false
  void exited.then(() => (ended = true))
  const lastResort = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL')
  process.once('exit', lastResort)
  const stop = async () => {
    await stopGroup(child)
    process.removeListener('exit', lastResort)
  }
  const url = `http://127.0.0.1:${port}`
  const healthy = waitUntil('the Worker to answer /healthz', () => askHealth(url, signal), {
    timeoutMs: 120_000,
    everyMs: 150,
    isFinal: (error) => ended || signal?.aborted === true || error instanceof Misconfigured,
  })
  try {
    await Promise.race([healthy, exited.then((reason) => Promise.reject(new Error(reason)))])
  } catch (error) {
    await stop()
    throw error
  }
  return { url, exited, stop }
}

class Misconfigured extends Error {}
const problem = z.object({ code: z.string(), detail: z.string() })

/** Whether the Worker is well. Throws Misconfigured when it says that waiting will not help. */
async function askHealth(url: string, signal: AbortSignal | undefined): Promise<boolean> {
  signal?.throwIfAborted()
  const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5000) })
  if (answer.ok) return true
  const told = problem.safeParse(await answer.json())
  if (told.data?.code === 'misconfigured') throw new Misconfigured(`${told.data.detail} See .dev.vars.example.`)
  return false
}

function launch({ folder, port, vars, stateDir }: WorkerOptions): ChildProcess {
  const here = createRequire(import.meta.url)
  const varsFile = path.join(stateDir, 'vars.env')
  writeVars(varsFile, vars)
  const wrangler = path.join(path.dirname(here.resolve('wrangler/package.json')), 'bin', 'wrangler.js')
  const group = asGroupLeader(workerFile(stateDir))
  const programs = path.resolve(import.meta.dirname, '..', 'node_modules', '.bin')
  return spawn(
    process.execPath,
    [
      wrangler,
      'dev',
      '--local',
      '--ip=127.0.0.1',
      `--port=${port}`,
      '--inspector-port=0',
      `--persist-to=${stateDir}`,
      `--env-file=${varsFile}`,
      '--show-interactive-dev-session=false',
    ],
    {
      ...group,
      cwd: folder,
      env: {
        ...group.env,
        // The build command of wrangler.toml needs the project's own Node.
        PATH: `${programs}${path.delimiter}${process.env['PATH'] ?? ''}`,
        CI: '1',
        FORCE_COLOR: '0',
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_SEND_ERROR_REPORTS: 'false',
        WRANGLER_HIDE_BANNER: 'true',
        WRANGLER_LOG_PATH: path.join(stateDir, 'logs'),
        WRANGLER_REGISTRY_PATH: path.join(stateDir, 'registry'),
        // Otherwise every start asks a server on the internet for this machine's location.
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
}

/** Hands every line of output on, and remembers the last ones for an error message. */
function followOutput(child: ChildProcess, log: (line: string) => void): () => string[] {
  const tail: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      const text = stripVTControlCharacters(line).trimEnd()
      if (text === '') return
      tail.push(text)
      if (tail.length > 30) tail.shift()
      if (!NOISE.test(text)) log(text)
    })
  }
  return () => tail
}

async function stopGroup(child: ChildProcess): Promise<void> {
  const { pid } = child
  if (pid === undefined) return
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit')
    signalGroup(pid, 'SIGTERM')
    const insist = setTimeout(() => signalGroup(pid, 'SIGKILL'), 5000)
    await gone
    clearTimeout(insist)
  }
  // workerd may outlive wrangler for a moment; wait for it, since its files are removed next.
  signalGroup(pid, 'SIGKILL')
}
