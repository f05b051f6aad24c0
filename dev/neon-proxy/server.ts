import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { HttpFailure, listenLocally, readBody, sendJson } from '../http-server.ts'
import { withCalledFunctions } from './called-functions.ts'
import { Controls } from './controls.ts'
import type { ProxyStats } from './controls.ts'
import { createSqlRunner } from './run-sql.ts'
import type { SqlRunner } from './run-sql.ts'
import { toErrorAnswer } from './sql-error.ts'
import { parseSqlRequest } from './sql-request.ts'
import { serveTunnel } from './tunnel.ts'

export interface NeonProxyOptions {
  /** 0 takes any free port. */
  port: number
  /** The server to run everything on; user and database come with each request. */
  pgConnectionString: string
}

export interface RunningNeonProxy {
  /** Base address; the driver's `fetchEndpoint` is `${url}/sql`, its `wsProxy` is `127.0.0.1:${port}/v2`. */
  url: string
  port: number
  stats(): ProxyStats
  resetStats(): void
  stop(): Promise<void>
}

/** Speaks Neon's HTTP and WebSocket protocol in front of a PostgreSQL server on this machine. */
export async function startNeonProxy(options: NeonProxyOptions): Promise<RunningNeonProxy> {
  const target = new URL(options.pgConnectionString)
  const targetPort = Number(target.port === '' ? 5432 : target.port)
  const controls = new Controls()
  const runner = createSqlRunner(target.hostname, targetPort, (notice) => controls.addNotice(notice))
  const { server, port, close } = await listenLocally(options.port, 'MERCAT_NEON_PORT', async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (path.startsWith('/_proxy/')) return controls.handle(request, response, path)
    if (path !== '/sql') throw new HttpFailure(404, `there is no ${path}`)
    if (request.method !== 'POST') throw new HttpFailure(405, 'use POST')
    return answerSql(runner, controls, request, response)
  })
  const endTunnels = serveTunnel(server, target.hostname, targetPort, () => controls.latencyMs)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stats: () => controls.stats(),
    resetStats: () => controls.resetStats(),
    async stop() {
      endTunnels()
      await close()
      await runner.close()
    },
  }
}

async function answerSql(
  runner: SqlRunner,
  controls: Controls,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  controls.countRoundTrip()
  await halfARoundTrip(controls)
  let answer: { status: number; body: unknown }
  try {
    const sql = parseSqlRequest(request.headers, body)
    const texts = sql.statements.map((statement) => statement.text)
    const faulty = controls.hasFaults ? await withCalledFunctions(runner, sql) : []
    if (controls.takeFault('before', faulty)) throw new HttpFailure(500, 'Control plane request failed')
    controls.countStatements(texts, sql.begin !== undefined)
    const results = await runner.run(sql)
    // The statements are committed; only the answer is lost.
    if (controls.takeFault('after_commit', faulty)) return void request.socket.destroy()
    answer = { status: 200, body: sql.begin === undefined ? results[0] : { results } }
  } catch (error) {
    answer = toErrorAnswer(error)
  }
  await halfARoundTrip(controls)
  sendJson(response, answer.status, answer.body)
}

async function halfARoundTrip(controls: Controls): Promise<void> {
  if (controls.latencyMs > 0) await delay(controls.latencyMs / 2)
}
