import { Browser } from './browser.ts'
import { examine } from './demo/evidence.ts'
import { createNarrator } from './demo/narrator.ts'
import { buy } from './demo/purchase.ts'
import { SHOPPERS } from './demo/shoppers.ts'
import { readFlags } from './flags.ts'
import { FREE_PORTS, startStack } from './stack.ts'
import type { RunningStack } from './stack.ts'

/** Buys on a stack of its own and answers the exit code: 0 only if every order exists once and every email arrived. */
async function run(): Promise<number> {
  const start = performance.now()
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error(signal)))
  const logged: string[] = []
  const narrator = createNarrator((line) => console.log(line))
  let stack: RunningStack | undefined
  try {
    narrator.title('Mercat on this machine: PostgreSQL, Neon proxy, Stripe emulator, mailbox and the Worker')
    const running = await narrator.step('start', () =>
      startStack({
        ports: FREE_PORTS,
        varsFrom: 'example',
        log: (part, line) => logged.push(`${part.padEnd(8)} ${line}`),
        signal: interrupted.signal,
      }),
    )
    stack = running
    await Promise.race([
      shop(running, narrator),
      running.broken.then((reason) => Promise.reject(new Error(reason))),
      new Promise((_, reject) => interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason))),
    ])
    console.log(
      `\nDone in ${((performance.now() - start) / 1000).toFixed(1)} s: ${SHOPPERS.length} of ${SHOPPERS.length} orders are complete.`,
    )
    return 0
  } catch (error) {
    console.error(`\nThe demo failed: ${explain(error)}`)
    if (!interrupted.signal.aborted) console.error(`\nLast lines of the stack's log:\n${logged.slice(-40).join('\n')}`)
    return 1
  } finally {
    await stack?.stop()
  }
}

async function shop(stack: RunningStack, narrator: ReturnType<typeof createNarrator>): Promise<void> {
  for (const shopper of SHOPPERS) {
    const purchase = await buy(stack, new Browser(stack.urls.api), shopper, narrator)
    await narrator.step(
      'look into the database',
      () => examine(stack, purchase),
      (summary) => summary,
    )
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message}\n  because: ${explain(error.cause)}`
    : error.message
}

readFlags({})
process.exitCode = await run()
// Keep-alive connections of this process must not keep it.
process.exit()
