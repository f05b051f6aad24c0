import type { Actor } from './actor.ts'
import { createAnswerSchemas } from './answer-schemas.ts'
import type { Cast } from './build-request.ts'
import { readCodes } from './check-answer.ts'
import { rowsOf } from './digest.ts'
import { createMatcher, operationsOf, readDocument } from './document.ts'
import type { Operation } from './document.ts'
import { createScenarios } from './scenarios.ts'
import type { Scenarios } from './scenarios.ts'
import type { World } from './exchange.ts'
import { Findings } from './findings.ts'
import type { Finding } from './findings.ts'
import { FuzzWorker } from './worker.ts'
import { isOwnLine, scanLine } from './log-scan.ts'
import { tryMalformed } from './malformed-http.ts'
import { Ownership } from './ownership.ts'
import { openFuzzedShop } from './shop.ts'
import type { FuzzedShop } from './shop.ts'
import { Tally } from './tally.ts'

export interface FuzzOptions {
  requests: number
  seed: number
  /** Only this operation; all by default. */
  operation?: string
  members?: number
  guests?: number
  onProgress?: (done: number) => void
}

export interface FuzzReport {
  seed: number
  /** Generated requests; `sent` also counts those that led up to them. */
  requests: number
  sent: number
  seconds: number
  logLines: number
  operations: Operation[]
  tally: Tally
  findings: Finding[]
}

export interface OpenFuzz {
  shop: FuzzedShop
  world: World
  scenarios: Scenarios
  findings: Findings
  tally: Tally
  operations: Operation[]
  logLines: () => number
  /** From now on, the runtime gets requests that it logs complaints about. */
  expectComplaints: () => void
}

/** A shop, and everything that its answers are checked against. */
export async function openFuzz(): Promise<OpenFuzz> {
  const document = readDocument()
  const operations = operationsOf(document)
  const findings = new Findings()
  const tally = new Tally()
  const early: string[] = []
  let onLine = (line: string): void => void early.push(line)
  const shop = await openFuzzedShop((line) => onLine(line))
  const cast: Cast = { actors: [], bystanders: [], shop: shop.shown, webhookSecret: shop.webhookSecret }
  const ownership = new Ownership(shop.publicIds)
  let lines = 0
  let isRuntimeTested = false
  onLine = (line) => {
    if (isRuntimeTested && !isOwnLine(line)) return
    lines += 1
    for (const broken of scanLine(line, ownership)) findings.add(broken, '(log)')
  }
  early.forEach(onLine)
  const world: World = {
    api: shop.api,
    cast,
    ownership,
    checks: { schemas: createAnswerSchemas(document), codes: readCodes(document) },
    match: createMatcher(operations),
    observe: (_, exchanged) => tally.add(exchanged),
  }
  const scenarios = createScenarios({
    world,
    operations,
    findings,
    controls: shop.controls,
    unsubscribeTokenOf: shop.unsubscribeTokenOf,
  })
  return {
    shop,
    world,
    scenarios,
    findings,
    tally,
    operations,
    logLines: () => lines,
    expectComplaints: () => void (isRuntimeTested = true),
  }
}

/** A member and a visitor who have everything that one can have, and do nothing during the run. */
async function inviteBystanders({ scenarios, world }: OpenFuzz): Promise<void> {
  const bystanders = [await scenarios.enrol(), await scenarios.arrive()]
  for (const actor of bystanders) {
    await scenarios.buy(actor)
    await scenarios.findOrderLink(actor, true)
    await scenarios.checkOut(actor)
    if (actor.account !== undefined) await scenarios.call(actor, 'listSessions')
  }
  world.cast.bystanders.push(...bystanders)
}

const rowsOfActors = async ({ shop }: OpenFuzz, actors: readonly Actor[]): Promise<string[][]> =>
  Promise.all(
    actors.map(async (actor) => {
      const visitor = decodeURIComponent(actor.cookies.get('mercat_visitor') ?? '').split('.')[0] ?? ''
      const rows = await Promise.all(
        [actor.find('memberId', 0) ?? '', visitor].filter((id) => id !== '').map((id) => rowsOf(shop.pool, id)),
      )
      return rows.flat()
    }),
  )

/** Sends so many generated requests to a shop of its own, and reports. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const open = await openFuzz()
  const { shop, world, scenarios, findings, tally, operations } = open
  try {
    await inviteBystanders(open)
    const document = readDocument()
    const before = await rowsOfActors(open, world.cast.bystanders)
    const wanted = operations.filter(({ id }) => options.operation === undefined || id === options.operation)
    if (wanted.length === 0) throw new Error(`the document has no operation ${options.operation}`)
    const { members = 8, guests = 4 } = options
    for (let at = 0; at < members + guests; at += 1)
      world.cast.actors.push(at < members ? await scenarios.enrol() : await scenarios.arrive())
    const workers = world.cast.actors.map(
      (actor) =>
        new FuzzWorker({ world, scenarios, findings, document, operations: wanted, seed: options.seed, actor }),
    )
    const start = performance.now()
    let done = 0
    await Promise.all(
      workers.map(async (worker, at) => {
        for (let index = at; index < options.requests; index += workers.length) {
          await worker.step(index)
          options.onProgress?.((done += 1))
        }
        await worker.finish()
      }),
    )
    const seconds = (performance.now() - start) / 1_000
    open.expectComplaints()
    for (const { what, answer } of await tryMalformed(shop.api))
      findings.add({ rule: 'malformed HTTP is refused', what: `${what}: ${answer.slice(0, 300)}` }, '(socket)')
    await checkEnd(open, before)
    return {
      seed: options.seed,
      requests: options.requests,
      sent: tally.requests,
      seconds,
      logLines: open.logLines(),
      operations,
      tally,
      findings: findings.list(),
    }
  } finally {
    await shop.stop()
  }
}

async function checkEnd(open: OpenFuzz, before: string[][]): Promise<void> {
  const { shop, world, findings } = open
  const ready = await fetch(`${shop.api}/readyz`)
  if (ready.status !== 200) findings.add({ rule: 'the shop is well at the end', what: String(ready.status) }, '(end)')
  const after = await rowsOfActors(open, world.cast.bystanders)
  before.forEach((rows, at) => {
    if (rows.length < 10) findings.add({ rule: 'bystanders have things to lose', what: `${rows.length} rows` }, '(end)')
    const now = new Set(after[at])
    for (const row of rows.filter((each) => !now.has(each)))
      findings.add({ rule: 'nobody changes what a bystander has', what: row.slice(0, 500) }, '(end)')
    if (now.size > new Set(rows).size)
      findings.add({ rule: 'nobody gives a bystander anything', what: `${now.size - rows.length} new rows` }, '(end)')
  })
  try {
    await shop.assertSettled()
  } catch (error) {
    findings.add({ rule: 'the invariants hold at the end', what: String(error).slice(0, 3_000) }, '(end)')
  }
}
