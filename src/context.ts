import type { Actor } from './actor.ts'
import { createDb, type Db } from './db/client.ts'
import { type Env, type RawEnv, readEnv } from './env.ts'
import { runUntil } from './shared/deadline.ts'
import { createLog, type Log } from './shared/log.ts'
import { connectPayments, type Payments } from './payments/stripe/connect.ts'

/**
 * What is known about the browser of a request. `deviceId` is from a signed cookie that a sign-in sets. It identifies
 * nobody, and only decides where wrong passwords are counted.
 */
export type Browser = { deviceId: string | null }

/** Everything outside itself that a use case may touch. */
export type Ctx = {
  env: Env
  db: Db
  payments: Payments
  actor: Actor
  browser: Browser
  now: () => Date
  requestId: string
  log: Log
  /** Runs work in the background, beginning in the next turn of the event loop, so that the answer goes first. Logs failure. */
  defer: (name: string, work: () => Promise<unknown>) => void
}

type Runtime = Pick<ExecutionContext, 'waitUntil'>

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** Builds the context of one request, queue message or cron tick. Throws `misconfigured`. */
export function createContext(
  raw: RawEnv,
  runtime: Runtime,
  given: { requestId: string; handler: 'fetch' | 'queue' | 'cron'; actor: Actor },
): Ctx {
  const env = readEnv(raw)
  const log = createLog({ request_id: given.requestId, handler: given.handler })
  return {
    env,
    db: createDb(env.DATABASE_URL, { fetchEndpoint: env.NEON_FETCH_ENDPOINT, timeoutMs: env.DATABASE_TIMEOUT_MS }),
    payments: connectPayments(env),
    actor: given.actor,
    browser: { deviceId: null },
    now: () => new Date(),
    requestId: given.requestId,
    log,
    defer: (name, work) =>
      runtime.waitUntil(
        nextTurn()
          // No caller waits for deferred work, so it has no deadline.
          .then(() => runUntil(undefined, work))
          .catch((error: unknown) => log.error('deferred-work-failed', { name, error })),
      ),
  }
}
