import { setTimeout as realDelay } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import type { QueryArrayConfig, QueryArrayResult } from 'pg'
import { toAnswer } from '../../../dev/neon-proxy/run-sql.ts'
import { toErrorAnswer } from '../../../dev/neon-proxy/sql-error.ts'
import { parseSqlRequest, type SqlRequest, type Statement } from '../../../dev/neon-proxy/sql-request.ts'
import { Gates } from './gates.ts'
import type { World } from './world.ts'

/** The share of transactions that run without pauses; the others run step by step, which takes longer to simulate. */
const SHARE_WHOLE = 1 / 2
/** The share of places between two statements of a function at which a stepped transaction pauses. */
const SHARE_SHUT = 1 / 8
/** The longest pause in milliseconds: long enough for other transactions to run. */
const STOP_MS = 400

type HttpAnswer = { status: number; body: unknown }

/** Whether a statement has ended, and ways to wait for its end, or for its end or next pause. */
type Settled = { isDone: () => boolean; ended: () => Promise<unknown>; again: () => Promise<void> }

const RAW_TEXT = { getTypeParser: () => (value: string) => value }

/** A connection, and the statement with which it waits for another's lock. */
class Connection {
  readonly client: Client
  pid = 0
  waiting = false

  constructor(connectionString: string) {
    this.client = new Client({ connectionString, types: RAW_TEXT, pipeline: true, application_name: 'simulation' })
  }

  async open(): Promise<this> {
    await this.client.connect()
    const { rows } = await this.client.query<{ pid: string }>('SELECT pg_backend_pid() AS pid')
    this.pid = Number(rows[0]?.pid)
    return this
  }
}

/** Connections to one database, which outlive the runs. */
export class Connections {
  readonly #connectionString: string
  readonly #idle: Connection[] = []
  readonly #all: Connection[] = []

  constructor(connectionString: string) {
    this.#connectionString = connectionString
  }

  async take(): Promise<Connection> {
    const idle = this.#idle.shift()
    if (idle !== undefined) return idle
    const opened = await new Connection(this.#connectionString).open()
    this.#all.push(opened)
    return opened
  }

  giveBack(connection: Connection): void {
    this.#idle.push(connection)
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ client }) => client.end()))
  }
}

/**
 * PostgreSQL behind Neon's HTTP protocol, one statement at a time: between any two statements of a transaction, those of
 * others may run, and one that waits for a lock waits until its holder has ended. The database's clock is the world's.
 */
export class SimulatedDatabase {
  readonly #world: World
  readonly #connections: Connections
  readonly #observer: Client
  /** Called after every transaction, committed or not. */
  readonly #afterCommit: () => Promise<void>
  readonly #waiting = new Set<Connection>()
  #requests = 0

  constructor(given: { world: World; connections: Connections; observer: Client; afterCommit: () => Promise<void> }) {
    this.#world = given.world
    this.#connections = given.connections
    this.#observer = given.observer
    this.#afterCommit = given.afterCommit
  }

  /** Answers one `POST /sql`. With `breakOff`, the server ends the transaction between two of its statements. */
  async answer(headers: Headers, body: string, breakOff: boolean): Promise<HttpAnswer> {
    const request = parseSqlRequest(Object.fromEntries(headers), body)
    const name = `request ${this.#requests++}`
    const { clock } = this.#world
    const connection = await clock.during(this.#connections.take())
    try {
      const results = await this.#run(connection, request, name, breakOff)
      const answers = results.map((result) => toAnswer(result, request))
      return { status: 200, body: request.begin === undefined ? answers[0] : { results: answers } }
    } catch (error) {
      if (error instanceof DatabaseError && error.code === '40P01') this.#world.violate('two transactions deadlocked')
      return toErrorAnswer(error)
    } finally {
      this.#connections.giveBack(connection)
    }
  }

  async #run(
    connection: Connection,
    request: SqlRequest,
    name: string,
    breakOff: boolean,
  ): Promise<QueryArrayResult[]> {
    const { clock, chance } = this.#world
    const { statements, begin } = request
    const time = connection.client.query(`SET simulation.now = '${new Date(clock.now()).toISOString()}'`)
    time.catch(() => undefined)
    const isWhole = !breakOff && chance.of(`${name} is whole`) < SHARE_WHOLE
    try {
      return begin === undefined || isWhole
        ? await this.#step(connection, sendWhole(connection.client, statements, begin))
        : await this.#stepThrough(connection, statements, begin, name, breakOff)
    } finally {
      await this.#letOthersGoOn()
      if (begin !== undefined) await this.#afterCommit()
    }
  }

  /** Runs a transaction with pauses, so that statements of others run in between. */
  async #stepThrough(
    connection: Connection,
    statements: Statement[],
    begin: string,
    name: string,
    breakOff: boolean,
  ): Promise<QueryArrayResult[]> {
    const { clock, chance } = this.#world
    const { client, pid } = connection
    const gates = new Gates(this.#observer, pid, (gate) => chance.of(`${name} gate ${gate}`) < SHARE_SHUT)
    const stops = { left: Number.POSITIVE_INFINITY }
    if (breakOff) stops.left = Math.floor(chance.of(`${name} broken off`) * (statements.length + gates.count))
    const results: QueryArrayResult[] = []
    await clock.during(gates.shut(client))
    await clock.during(client.query(begin))
    try {
      for (const [at, statement] of statements.entries()) {
        if (at > 0) await clock.sleep(chance.between(0.05, 4, `${name} statement ${at}`))
        if (stops.left-- === 0) throw terminated()
        const work = send(client, statement)
        results.push(await this.#step(connection, work, (settled) => this.#passGates(gates, settled, stops, name)))
      }
      await clock.sleep(chance.between(0.05, 4, `${name} commit`))
      if (breakOff) throw terminated()
      // Checks at the end of a transaction pass gates, too.
      await this.#step(connection, client.query('COMMIT'), (settled) => this.#passGates(gates, settled, stops, name))
      return results
    } catch (error) {
      await clock.during(client.query('ROLLBACK'))
      throw isCancelled(error) ? terminated() : error
    } finally {
      await clock.during(gates.openAll(client))
    }
  }

  /** Opens gate after gate, each after a pause, until the statement has ended; cancels it when `stops` is used up. */
  async #passGates(gates: Gates, settled: Settled, stops: { left: number }, name: string): Promise<void> {
    const { clock, chance } = this.#world
    for (let turn = 0; !settled.isDone(); turn++) {
      await clock.sleep(chance.between(0.05, STOP_MS, `${name} turn ${turn}`))
      if (settled.isDone() || !(await clock.during(gates.areWaitedFor()))) continue
      await clock.during(stops.left-- === 0 ? gates.cancel().then(settled.ended) : gates.open().then(settled.again))
    }
  }

  /** Runs a statement to its end. While it waits for a lock, time goes on and `meanwhile` runs. */
  async #step<T>(
    connection: Connection,
    work: Promise<T>,
    meanwhile: (settled: Settled) => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    connection.waiting = true
    this.#waiting.add(connection)
    const ended = work.finally(() => {
      connection.waiting = false
      this.#waiting.delete(connection)
    })
    const over = ended.catch(() => undefined)
    const isDone = () => !connection.waiting
    await this.#world.clock.during(this.#settle(connection, ended, 8))
    await meanwhile({ isDone, ended: () => over, again: () => this.#settle(connection, ended, 0.2) })
    return ended
  }

  /** Fulfilled when the connection's statement has ended or waits for a lock. */
  async #settle(connection: Connection, ended: Promise<unknown>, first: number): Promise<void> {
    for (let pause = first; ; pause = 1) {
      await Promise.race([ended.catch(() => undefined), realDelay(pause)])
      if (!connection.waiting) return
      const { rows } = await this.#observer.query<{ blocked: boolean }>(
        'SELECT cardinality(pg_blocking_pids($1)) > 0 AS blocked',
        [connection.pid],
      )
      if (rows[0]?.blocked && connection.waiting) return
    }
  }

  /** After the end of a transaction, lets those that waited for it go on before time does. */
  async #letOthersGoOn(): Promise<void> {
    for (const other of Array.from(this.#waiting)) {
      await this.#world.clock.during(this.#settle(other, new Promise(() => undefined), 0.2))
    }
  }
}

function send(client: Client, { text, values }: Statement): Promise<QueryArrayResult> {
  const config: QueryArrayConfig & { queryMode: 'extended' } = { text, values, rowMode: 'array', queryMode: 'extended' }
  return client.query(config)
}

/** All statements without a pause. The first error is the cause; PostgreSQL refuses those after it. */
async function sendWhole(
  client: Client,
  statements: Statement[],
  begin: string | undefined,
): Promise<QueryArrayResult[]> {
  if (begin === undefined) return Promise.all(statements.map((each) => send(client, each)))
  const work = [client.query(begin), ...statements.map((each) => send(client, each)), client.query('COMMIT')]
  const outcomes = await Promise.allSettled(work)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return Promise.all(work.slice(1, -1) as Promise<QueryArrayResult>[])
}

const isCancelled = (error: unknown): boolean => error instanceof DatabaseError && error.code === '57014'

function terminated(): DatabaseError {
  const error = new DatabaseError('terminating connection due to administrator command', 0, 'error')
  error.code = '57P01'
  return error
}
