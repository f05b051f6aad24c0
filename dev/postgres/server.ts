import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import path from 'node:path'
import { Client } from 'pg'
import { freePort, isPortFree } from '../free-port.ts'
import { asGroupLeader, signalGroup } from '../process-group.ts'
import { recordProcess, signalProcess } from '../process-identity.ts'
import { ownerFile, removeScratchFolder } from '../scratch-folder.ts'
import { waitUntil } from '../wait-until.ts'
import { findBinaries } from './binaries.ts'
import type { PostgresBinaries } from './binaries.ts'
import {
  clusterFolder,
  giveTo,
  makeDurableRoot,
  makeEphemeralRoot,
  postmasterFile,
  takeOver,
} from './data-directory.ts'
import { postgresUser } from './system-user.ts'
import type { SystemUser } from './system-user.ts'

const DATABASE = 'mercat'
const CREDENTIAL = 'postgres'

/** Durability is left as PostgreSQL ships it: fsync, synchronous_commit and full_page_writes are on. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

export interface PostgresOptions {
  /** Folder that keeps the database; not used when ephemeral. */
  dataDir?: string
  /** 0 takes any free port. */
  port: number
  /** Keeps nothing: a folder in the temporary folder, removed at stop. */
  ephemeral?: boolean
  log?: (line: string) => void
}

export interface RunningPostgres {
  connectionString: string
  port: number
  /** Fulfilled when the server ends, whoever ended it; says why. */
  exited: Promise<string>
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on 127.0.0.1 with the database `mercat` (user and password `postgres`), creating the cluster when missing.
 * Throws when the port is taken, the data belongs to another running stack or to another major version.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const log = options.log ?? (() => undefined)
  const user = postgresUser()
  const binaries = findBinaries(user)
  const ephemeral = options.ephemeral === true
  if (!ephemeral && options.dataDir === undefined) throw new Error('a PostgreSQL that is kept needs a data folder')
  const root = ephemeral ? makeEphemeralRoot(user) : makeDurableRoot(path.resolve(options.dataDir ?? ''), user, log)
  if (!ephemeral) await takeOver(root)
  try {
    await initialise(root, binaries, user)
    return await launch(root, binaries, user, options.port, ephemeral)
  } catch (error) {
    release(root, ephemeral)
    throw error
  }
}

function release(root: string, ephemeral: boolean): void {
  if (ephemeral) removeScratchFolder(root)
  else rmSync(ownerFile(root), { force: true })
}

async function initialise(root: string, binaries: PostgresBinaries, user: SystemUser | undefined): Promise<void> {
  const cluster = clusterFolder(root)
  if (existsSync(cluster)) {
    const made = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim()
    if (binaries.version.split('.')[0] === made) return
    throw new Error(`${root} was made by PostgreSQL ${made}, this is ${binaries.version}: remove it to start afresh`)
  }
  // The folder gets its name only when initdb has finished, so that an incomplete cluster is never used.
  const draft = `${cluster}.draft`
  rmSync(draft, { recursive: true, force: true })
  giveTo(user, draft)
  const passwordFile = path.join(draft, '..', 'initdb-password')
  writeFileSync(passwordFile, `${CREDENTIAL}\n`)
  const child = spawn(
    binaries.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${CREDENTIAL}`,
      `--pwfile=${passwordFile}`,
      '--auth=password',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
    spawnOptions(root, user),
  )
  await once(child, 'exit')
  rmSync(passwordFile, { force: true })
  if (child.exitCode !== 0) throw new Error(`initdb failed:\n${lastLines(root)}`)
  renameSync(draft, cluster)
}

/** Output goes straight to a file, so that the server never blocks or dies on a pipe that nobody reads. */
function spawnOptions(root: string, user: SystemUser | undefined): SpawnOptions {
  const output = openSync(path.join(root, 'postgres.log'), 'a')
  setImmediate(() => closeSync(output))
  const group = asGroupLeader(postmasterFile(root))
  return {
    ...user,
    cwd: path.parse(root).root,
    ...group,
    env: { ...group.env, LC_ALL: 'C' },
    stdio: ['ignore', output, output],
  }
}

async function launch(
  root: string,
  binaries: PostgresBinaries,
  user: SystemUser | undefined,
  wantedPort: number,
  ephemeral: boolean,
): Promise<RunningPostgres> {
  const port = wantedPort === 0 ? await freePort() : wantedPort
  if (!(await isPortFree(port)))
    throw new Error(`cannot listen on 127.0.0.1:${port} (set MERCAT_PG_PORT to another port)`)
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(
    binaries.postgres,
    ['-D', clusterFolder(root), '-p', String(port), ...settings],
    spawnOptions(root, user),
  )
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`PostgreSQL could not be started: ${error.message}`))
    child.once('exit', (code, signal) => resolve(`PostgreSQL ended (${signal ?? `code ${code}`}):\n${lastLines(root)}`))
  })
  if (child.pid !== undefined) recordProcess(postmasterFile(root), child.pid)
  const lastResort = () => child.kill('SIGQUIT')
  process.once('exit', lastResort)
  const stop = async () => {
    await stopServer(child, ephemeral ? 'SIGQUIT' : 'SIGINT')
    process.removeListener('exit', lastResort)
    release(root, ephemeral)
  }
  try {
    await Promise.race([prepareDatabase(port), exited.then((reason) => Promise.reject(new Error(reason)))])
  } catch (error) {
    await stop()
    throw error
  }
  return { connectionString: connectionString(port, DATABASE), port, exited, stop }
}

/** Waits until the server takes connections and makes the database when it is missing. */
async function prepareDatabase(port: number): Promise<void> {
  const client = await waitUntil(
    'PostgreSQL to accept connections',
    async () => {
      const attempt = new Client({ connectionString: connectionString(port, 'postgres') })
      attempt.on('error', () => undefined)
      await attempt.connect()
      return attempt
    },
    { timeoutMs: 60_000 },
  )
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}

/** SIGINT is PostgreSQL's fast, clean shutdown, SIGQUIT its immediate one. A server that does not end in time is killed. */
async function stopServer(child: ChildProcess, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  const pid = child.pid
  const insist = setTimeout(() => signalProcess(pid, 'SIGQUIT'), 10_000)
  const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), 15_000)
  await gone
  clearTimeout(insist)
  clearTimeout(kill)
}

function lastLines(root: string): string {
  return readFileSync(path.join(root, 'postgres.log'), 'utf8').trimEnd().split('\n').slice(-8).join('\n')
}

function connectionString(port: number, database: string): string {
  return `postgresql://${CREDENTIAL}:${CREDENTIAL}@127.0.0.1:${port}/${database}`
}
