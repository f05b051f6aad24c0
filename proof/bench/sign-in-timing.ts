import pg from 'pg'
import { Browser } from '../../dev/browser.ts'
import { FREE_PORTS, startStack } from '../../dev/stack.ts'

// Whether the time of a refused sign-in tells if an account exists: a wrong password for an account, for one that is
// locked, and for none, in random order over HTTP. Exits 1 when two medians differ by more than a tenth.

const ROUNDS = Number(process.env.ROUNDS ?? 100)
const WARM_UP = 5
const RATIO_MAX = 1.1

type Kind = 'known' | 'locked' | 'unknown'

const LOGINS: Record<Kind, string> = { known: 'known.member', locked: 'locked.member', unknown: 'no.such.member' }
const KINDS: Kind[] = ['known', 'locked', 'unknown']

const quantile = (sorted: number[], q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN

async function measure(browser: Browser, database: pg.Client): Promise<Record<Kind, number[]>> {
  const times: Record<Kind, number[]> = { known: [], locked: [], unknown: [] }
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const kind of KINDS.toSorted(() => Math.random() - 0.5)) {
      await database.query(`UPDATE members SET failed_sign_ins = 0, locked_until = NULL WHERE username = $1`, [
        LOGINS.known,
      ])
      const start = performance.now()
      const json = { login: LOGINS[kind], password: 'Wrong-Heron-42' }
      const { status } = await browser.call('POST', '/v1/auth/login', { json })
      if (status !== 401) throw new Error(`a sign-in that must be refused was answered with ${status}`)
      if (round >= 0) times[kind].push(performance.now() - start)
    }
  }
  return times
}

async function prepare(api: string, database: pg.Client): Promise<Browser> {
  for (const username of [LOGINS.known, LOGINS.locked]) {
    const account = { username, email: `${username}@example.com`, password: 'Grey-Heron-42', newsletter: false }
    await (await Browser.arrive(api)).ask('POST', '/v1/auth/register', account)
  }
  await database.query(
    `UPDATE members SET failed_sign_ins = 10, locked_until = now() + interval '1 day' WHERE username = $1`,
    [LOGINS.locked],
  )
  return Browser.arrive(api)
}

function report(times: Record<Kind, number[]>): void {
  const rows = KINDS.map((kind) => {
    const sorted = times[kind].toSorted((a, b) => a - b)
    return { kind, median: quantile(sorted, 0.5), p10: quantile(sorted, 0.1), p90: quantile(sorted, 0.9) }
  })
  console.log(`Refused sign-ins, ${ROUNDS} of each kind, milliseconds over HTTP on this machine:\n`)
  console.log('account      median      p10      p90')
  for (const { kind, median, p10, p90 } of rows) {
    console.log(`${kind.padEnd(10)} ${[median, p10, p90].map((ms) => ms.toFixed(2).padStart(8)).join(' ')}`)
  }
  const medians = rows.map(({ median }) => median)
  const ratio = Math.max(...medians) / Math.min(...medians)
  console.log(`\nLargest ratio of two medians: ${ratio.toFixed(3)} (at most ${RATIO_MAX})`)
  console.log(JSON.stringify({ rounds: ROUNDS, rows, ratio }))
  if (!(ratio <= RATIO_MAX)) process.exitCode = 1
}

const stack = await startStack({ ports: FREE_PORTS, varsFrom: 'example', vars: { RATE_LIMITS: 'off' }, cron: 'never' })
const database = new pg.Client({ connectionString: stack.urls.database })
try {
  await database.connect()
  report(await measure(await prepare(stack.urls.api, database), database))
} finally {
  await database.end()
  await stack.stop()
}
