import type { Client } from 'pg'

/** The most gates of a transaction; no function has as many statements. */
const GATES = 64

/**
 * Puts a gate after every statement of the functions that write (not of triggers: those run within another's statement),
 * so that other transactions can run in between as they do on a busy server. A gate is an advisory lock; whoever holds
 * it has the gate shut. The transaction that passes takes the lock until it ends: a session's lock would be kept by a
 * statement that is cancelled before it gives the lock back.
 */
export async function installGates(client: Client): Promise<void> {
  await client.query(`
    CREATE FUNCTION simulation.pass_gate() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      gate integer := nullif(current_setting('simulation.gate', true), '');
    BEGIN
      IF gate IS NOT NULL THEN
        PERFORM set_config('simulation.gate', (gate + 1)::text, false);
        PERFORM pg_advisory_xact_lock_shared(pg_backend_pid(), gate);
      END IF;
    END $$`)
  const { rows } = await client.query<{ text: string }>(`
    SELECT pg_get_functiondef(f.oid) AS text FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang
    WHERE f.pronamespace = 'public'::regnamespace AND l.lanname = 'plpgsql' AND f.provolatile = 'v'
      AND f.proname <> 'assert_that' AND f.prorettype <> 'trigger'::regtype`)
  for (const { text } of rows) await client.query(withGates(text))
}

/** A function's text with its gates. None stands between a statement and the FOUND that asks about it. */
function withGates(definition: string): string {
  const lines = definition.split('\n')
  const begin = lines.indexOf('BEGIN')
  const hasGate = (line: string, at: number) =>
    at > begin && line.endsWith(';') && !(lines[at + 1] ?? '').includes('FOUND')
  return lines.map((line, at) => (hasGate(line, at) ? `${line} PERFORM simulation.pass_gate();` : line)).join('\n')
}

/** The gates of one transaction; some of them are shut. */
export class Gates {
  readonly #keeper: Client
  readonly #pid: number
  readonly #shut: number[]

  /** `isShut` says for each gate, by its number, whether it is; `pid` is of the connection that will pass them. */
  constructor(keeper: Client, pid: number, isShut: (gate: number) => boolean) {
    this.#keeper = keeper
    this.#pid = pid
    this.#shut = Array.from({ length: GATES }, (_, gate) => gate).filter(isShut)
  }

  get count(): number {
    return this.#shut.length
  }

  /** Before the transaction; `client` is its connection. */
  async shut(client: Client): Promise<void> {
    await this.#keeper.query('SELECT pg_advisory_lock($1, gate) FROM unnest($2::integer[]) gate', [
      this.#pid,
      this.#shut,
    ])
    await client.query('SET simulation.gate = 0')
  }

  /** Whether the transaction waits at a gate. */
  async areWaitedFor(): Promise<boolean> {
    const { rows } = await this.#keeper.query<{ waits: boolean }>(
      'SELECT pg_backend_pid() = ANY (pg_blocking_pids($1)) AS waits',
      [this.#pid],
    )
    return rows[0]?.waits ?? false
  }

  /** Opens the gate at which it waits. */
  async open(): Promise<void> {
    await this.#keeper.query('SELECT pg_advisory_unlock($1, $2)', [this.#pid, this.#shut.shift()])
  }

  /** Cancels the statement that waits at a gate. */
  async cancel(): Promise<void> {
    await this.#keeper.query('SELECT pg_cancel_backend($1)', [this.#pid])
  }

  /** After the transaction. */
  async openAll(client: Client): Promise<void> {
    await this.#keeper.query('SELECT pg_advisory_unlock($1, gate) FROM unnest($2::integer[]) gate', [
      this.#pid,
      this.#shut,
    ])
    await client.query("SET simulation.gate = ''")
  }
}
