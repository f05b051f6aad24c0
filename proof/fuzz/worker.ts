import fc from 'fast-check'
import type { Actor } from './actor.ts'
import type { Kind } from './body-template.ts'
import type { ApiDocument, Operation } from './document.ts'
import type { Scenarios } from './scenarios.ts'
import { exchange } from './exchange.ts'
import type { Exchanged, World } from './exchange.ts'
import { describeAnswer, toCurl } from './findings.ts'
import type { Findings } from './findings.ts'
import { createRandom, pickWeighted, seedOf } from './random.ts'
import { requestsFor } from './request-template.ts'
import type { RequestTemplate } from './request-template.ts'

/** Slow by design: they hash a password, or make the caller sign in again, which hashes one. */
const SLOW = new Set([
  'register',
  'signIn',
  'changePassword',
  'resetPassword',
  'changeEmail',
  'deleteAccount',
  'signOut',
  'signOutEverywhere',
  'endOwnSession',
])
const KINDS: { weight: number; value: Kind }[] = [
  { weight: 4, value: 'valid' },
  { weight: 1, value: 'foreign' },
  { weight: 2, value: 'edge' },
  { weight: 3, value: 'hostile' },
]
/** How long to search for the smallest request that still fails. */
const SHRINKING_MS = 30_000

export interface FuzzWorkerOptions {
  world: World
  scenarios: Scenarios
  findings: Findings
  document: ApiDocument
  operations: Operation[]
  seed: number
  actor: Actor
}

/** Sends one actor's requests, one after the other, so that the state they left is known. Other actors run in parallel. */
export class FuzzWorker {
  private readonly options: FuzzWorkerOptions
  private readonly arbitraries = new Map<string, fc.Arbitrary<RequestTemplate>>()
  private actor: Actor
  private isLost = false

  constructor(options: FuzzWorkerOptions) {
    this.options = options
    this.actor = options.actor
  }

  /** Sends the request with this number, which depends on the run's seed alone. */
  async step(index: number): Promise<void> {
    const seed = seedOf(this.options.seed, index)
    const random = createRandom(seed)
    const kind = pickWeighted(random, KINDS)
    const operation = this.chooseOperation(random, kind)
    if (this.isLost || this.actor.isGone) await this.restore()
    await this.ask(operation, kind, seed, index, random)
  }

  /** Sends generated requests of this kind until one breaks a rule, and then the smallest that still does. */
  private async ask(
    operation: Operation,
    kind: Kind,
    seed: number,
    index: number,
    random: () => number,
  ): Promise<void> {
    const { world, scenarios, findings } = this.options
    const actor = await this.actorFor(operation, kind)
    if (kind === 'valid') await scenarios.prepare(operation.id, actor)
    // A purchase of its own for some requests, so that orders and payment pages of every state are about.
    if (kind === 'valid' && operation.id === 'getCheckoutResult' && random() < 0.1)
      await scenarios.buy(actor, random() < 0.2 ? 'bank_debit' : undefined)
    let last: { template: RequestTemplate; exchanged: Exchanged } | undefined
    const property = fc.asyncProperty(this.requestsFor(operation, kind), async (template) => {
      const exchanged = await exchange(world, actor, template)
      this.noticeLoss(template, exchanged)
      const fresh = exchanged.broken.filter((broken) => !findings.isKnown(broken, operation.id))
      for (const broken of exchanged.broken) if (!fresh.includes(broken)) findings.add(broken, operation.id)
      if (fresh.length === 0) return
      last = { template, exchanged: { ...exchanged, broken: fresh } }
      throw new Error('a rule is broken')
    })
    await fc.check(property, { seed, numRuns: 1, interruptAfterTimeLimit: SHRINKING_MS })
    if (last === undefined) return
    const { template, exchanged } = last
    const request = {
      seed: this.options.seed,
      index,
      template,
      curl: toCurl(world.api, exchanged.request),
      answer: describeAnswer(exchanged),
    }
    for (const broken of exchanged.broken) findings.add(broken, operation.id, request)
  }

  private requestsFor(operation: Operation, kind: Kind): fc.Arbitrary<RequestTemplate> {
    const key = `${operation.id} ${kind}`
    const known = this.arbitraries.get(key) ?? requestsFor(this.options.document, operation, kind)
    this.arbitraries.set(key, known)
    return known
  }

  private chooseOperation(random: () => number, kind: Kind): Operation {
    const isGuest = this.actor.account === undefined
    return pickWeighted(
      random,
      this.options.operations.map((operation) => ({
        value: operation,
        weight: SLOW.has(operation.id) ? (kind === 'hostile' ? 0.4 : 0.1) : isGuest && operation.isForMembers ? 0.2 : 1,
      })),
    )
  }

  /** Who asks: somebody else where asking would change who the worker's own actor is. */
  private async actorFor({ id }: Operation, kind: Kind): Promise<Actor> {
    if (id === 'register') return this.options.scenarios.arrive()
    if (id === 'handleEvent') return this.findWithPaymentPage()
    if (id === 'deleteAccount' && kind === 'valid') return this.options.scenarios.enrol()
    return this.actor
  }

  /**
   * Stripe signs no event about a session that it does not know. Whose sign-in has ended cannot open a payment page, so
   * that somebody else's is told of then.
   */
  private async findWithPaymentPage(): Promise<Actor> {
    const { scenarios } = this.options
    await scenarios.prepare('handleEvent', this.actor)
    if (this.actor.has('checkoutSession')) return this.actor
    const visitor = await scenarios.arrive()
    if (!(await scenarios.checkOut(visitor))) throw new Error('nobody can open a payment page')
    return visitor
  }

  /** A session that ended, or cookies that no longer belong together: to be mended before the next request. */
  private noticeLoss({ kind, caller }: RequestTemplate, { operation, answer }: Exchanged): void {
    if (kind === 'hostile' && caller !== 'own') return
    const isLost = operation?.isForMembers === true && this.actor.account !== undefined && answer.status === 401
    if (caller === 'bearer' && answer.status === 401) this.actor.accessToken = ''
    else if (isLost || (answer.status === 403 && /csrf-failed/.test(answer.text))) this.isLost = true
    if (caller === 'own' && operation?.id === 'signOut' && answer.status === 204) this.isLost = true
  }

  private async restore(): Promise<void> {
    const { scenarios, world } = this.options
    this.isLost = false
    if (!this.actor.isGone && (await scenarios.recover(this.actor))) return
    const at = world.cast.actors.indexOf(this.actor)
    this.actor = this.actor.account === undefined ? await scenarios.arrive() : await scenarios.enrol()
    world.cast.actors[at] = this.actor
  }

  /** Reads everything that this worker's actor left, once more. */
  async finish(): Promise<void> {
    if (this.isLost || this.actor.isGone) await this.restore()
    const { scenarios } = this.options
    for (const id of ['findCart', 'getAccount', 'getCommunicationPreferences', 'getDefaultAddress']) {
      if (id !== 'findCart' && this.actor.account === undefined) continue
      await scenarios.call(this.actor, id)
    }
  }
}
