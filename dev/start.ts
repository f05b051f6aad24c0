import path from 'node:path'
import { readFlags } from './flags.ts'
import { FREE_PORTS, PORT_SETTINGS, startStack } from './stack.ts'
import type { RunningStack, StackPorts } from './stack.ts'

const HELP = `Starts Mercat with all it needs on this machine, until Ctrl-C.

  npm run dev                   keeps its data in .mercat/ (MERCAT_DATA_DIR)
  npm run dev -- --ephemeral    keeps nothing

Ports: ${PORT_SETTINGS.map(({ variable, standard }) => `${variable} (${standard})`).join(', ')}
RATE_LIMITS=off turns rate limits off.
`

/** Throws when a port is invalid or used twice; the message names the variables. */
function portsFromEnvironment(): StackPorts {
  const ports = { ...FREE_PORTS }
  const takenBy = new Map<number, string>()
  for (const { part, variable, standard } of PORT_SETTINGS) {
    const text = process.env[variable] ?? ''
    if (text !== '' && (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)) {
      throw new Error(`${variable} is "${text}": it must be a port number (0 takes any free one)`)
    }
    const port = text === '' ? standard : Number(text)
    const other = takenBy.get(port)
    if (other !== undefined) {
      throw new Error(`${other} and ${variable} are both ${port}: set one of them to another port`)
    }
    if (port !== 0) takenBy.set(port, variable)
    ports[part] = port
  }
  return ports
}

function printAddresses({ urls, services }: RunningStack): void {
  const rows = [
    ['API', urls.api, 'documentation at /docs'],
    [
      'Stripe',
      urls.stripe,
      services.stripe === undefined ? 'Stripe itself: forward webhooks with `stripe listen`' : 'emulator',
    ],
    ['Mailbox', urls.mail, `SMTP on ${services.mailbox.smtpPort}`],
    ['Neon proxy', urls.neon, 'counters at /_proxy/stats'],
    ['PostgreSQL', urls.database, ''],
  ]
  console.log('')
  for (const [name = '', address = '', remark = ''] of rows) {
    console.log(`  ${name.padEnd(11)} ${address.padEnd(56)} ${remark}`.trimEnd())
  }
  console.log('')
  console.log(`ready  api ${urls.api}  stripe ${urls.stripe}  mailbox ${urls.mail}  neon ${urls.neon}`)
}

/** Runs until a signal or until a part breaks; answers the exit code. */
async function run(): Promise<number> {
  const flags = readFlags({ ephemeral: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } })
  if (flags.help === true) {
    console.log(HELP)
    return 0
  }
  const asked = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // The second signal: leave now, and kill what still runs.
      if (asked.signal.aborted) process.exit(130)
      console.log('\nstopping; once more to leave at once')
      asked.abort()
    })
  }
  // The reader of our output is gone (a pipe into head): stop as well.
  process.stdout.on('error', () => asked.abort())
  watchNpm(() => asked.abort())
  const dataDir = path.resolve(process.env['MERCAT_DATA_DIR'] ?? '.mercat')
  try {
    const stack = await startStack({
      ports: portsFromEnvironment(),
      varsFrom: 'project',
      log: (part, line) => console.log(`${part.padEnd(8)} ${line}`),
      signal: asked.signal,
      ...(flags.ephemeral === true ? {} : { dataDir }),
    })
    printAddresses(stack)
    const stopped = new Promise<undefined>((resolve) => {
      if (asked.signal.aborted) resolve(undefined)
      asked.signal.addEventListener('abort', () => resolve(undefined))
    })
    const reason = await Promise.race([stack.broken, stopped])
    await stack.stop()
    if (reason === undefined) return 0
    console.error(`\n${reason}\n\nEverything else was stopped.`)
    return 1
  } catch (error) {
    if (asked.signal.aborted) return 0
    console.error(`\nThe stack did not start: ${explain(error)}`)
    return 1
  }
}

/** A killed npm leaves us without a parent and sends no signal, so nobody could ask us to stop. */
function watchNpm(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop(), 500).unref()
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}\n  because: ${explain(error.cause)}`
}

process.exitCode = await run()
// Keep-alive connections of this process must not keep it.
process.exit()
