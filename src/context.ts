import type { Actor } from './actor.ts'
import { createDb, type Db } from './db/client.ts'
import { type Env, type RawEnv, readEnv } from './env.ts'
import { runUntil } from './shared/deadline.ts'
import { createLog, type Log } from './shared/log.ts'
import { connectPayments, type Payments } from './payments/stripe/connect.ts'

/**
 * What a request shows of its browser, whoever asks with it. It proves nobody: it only says where wrong passwords are
 * counted. `deviceId` comes by a signed cookie, once somebody has signed in there.
 */
export type Browser = { deviceId: string | null }

/** Everything that a use case may touch of the world. */
export type Ctx = {
  env: Env
  db: Db
  payments: Payments
  actor: Actor
  browser: Browser
  now: () => Date
  requestId: string
  log: Log
  /** Work that begins in the next turn: what is ready by then, an answer above all, goes first. Its failure is logged. */
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
          // What is left for later has no caller who waits for it.
          .then(() => runUntil(undefined, work))
          .catch((error: unknown) => log.error('deferred-work-failed', { name, error })),
      ),
  }
}
