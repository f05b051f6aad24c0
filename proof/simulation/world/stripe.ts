import { answerApiCall } from '../../../dev/stripe/api/dispatch.ts'
import { StripeError } from '../../../dev/stripe/api/errors.ts'
import { decodeForm } from '../../../dev/stripe/api/form.ts'
import { controlRoutes } from '../../../dev/stripe/control/routes.ts'
import { createEmulator } from '../../../dev/stripe/create-emulator.ts'
import type { Emulator, Watch } from '../../../dev/stripe/emulator.ts'
import type { EventSink } from '../../../dev/stripe/events/event-log.ts'
import { drawIdsFrom } from '../../../dev/stripe/model/ids.ts'
import type { Session } from '../../../dev/stripe/model/objects.ts'
import { expireOverdue } from '../../../dev/stripe/payments/expire-session.ts'
import { matchRoute } from '../../../dev/stripe/api/route.ts'
import type { World } from './world.ts'

export const WEBHOOK_SECRET = 'whsec_simulation'

/** Stripe's emulator on the world's clock, without a network of its own. */
export class SimulatedStripe {
  readonly #emulator: Emulator
  readonly #world: World
  /** Called for each session that the shop makes. */
  onSession: (session: Session) => void = () => undefined

  constructor(world: World, eventSink: EventSink, watch: Watch) {
    this.#world = world
    drawIdsFrom((count) => world.chance.bytes(count))
    this.#emulator = createEmulator({
      webhookSecret: WEBHOOK_SECRET,
      publicUrl: 'https://pay.stripe.test',
      now: () => Math.floor(world.clock.now() / 1_000),
      eventSink,
      watch,
    })
  }

  /** Answers a call of the API over the Worker's `fetch`. */
  call(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    const body = typeof init.body === 'string' ? init.body : ''
    const method = init.method ?? 'GET'
    return this.#world.cross({
      service: 'stripe',
      what: `Stripe ${method} ${url.pathname}`,
      signal: init.signal,
      effect: async () => {
        this.expireOverdue()
        const before = this.#emulator.store.sessions.size
        const answer = await answerApiCall(this.#emulator, {
          method,
          url,
          headers: Object.fromEntries(headers),
          readBody: () => Promise.resolve(body),
        })
        if (this.#emulator.store.sessions.size > before) this.#tellOfSession()
        if (answer === 'timeout') throw new Error('no fault was asked of the emulator')
        return Response.json(answer.body, { status: answer.status, headers: answer.headers })
      },
      failure: (happened, luck) => {
        if (luck < 0.5) throw new TypeError('Network connection lost.')
        const status = luck < 0.9 || happened ? 500 : 429
        const failed = { error: { type: 'api_error', message: 'Something went wrong.' } }
        const key = headers.get('idempotency-key')
        if (status === 500 && method === 'POST' && key !== null && luck < 0.7) {
          this.#keepFailure({ key, path: url.pathname, body, happened, failed })
        }
        return Response.json(failed, { status })
      },
    })
  }

  #tellOfSession(): void {
    const newest = this.sessions().at(-1)
    if (newest !== undefined) this.onSession(newest)
  }

  /** Stripe repeats its first answer to an idempotency key for a day, even if that was a 500. */
  #keepFailure(given: { key: string; path: string; body: string; happened: boolean; failed: unknown }): void {
    const { idempotency } = this.#emulator
    const kept = given.happened ? null : idempotency.begin(given.key, given.path, decodeForm(given.body))
    if (kept === null) idempotency.keep(given.key, { status: 500, body: given.failed, requestId: 'req_failed' })
  }

  /** What Stripe does as time goes by. */
  expireOverdue(): void {
    expireOverdue(this.#emulator)
  }

  /** A control call, such as `pay`; undefined when the emulator refuses it. */
  async control(path: string, body: Record<string, unknown> = {}): Promise<unknown> {
    this.expireOverdue()
    const found = matchRoute(controlRoutes, 'POST', `/_emulator/${path}`)
    if (found === null) throw new Error(`there is no control call ${path}`)
    try {
      return await found.route.run({ emulator: this.#emulator, id: found.ids[0] ?? '', body })
    } catch (error) {
      if (error instanceof StripeError) return undefined
      throw error
    }
  }

  sessions(): Session[] {
    return [...this.#emulator.store.sessions.values()].map(({ object }) => object)
  }

  session(id: string): Session | undefined {
    return this.#emulator.store.sessions.get(id)?.object
  }

  disputes(): { id: string; paymentIntent: string; status: string }[] {
    return [...this.#emulator.store.disputes.values()].map(({ id, payment_intent: intent, status }) => ({
      id,
      paymentIntent: intent ?? '',
      status,
    }))
  }

  /** What was paid and refunded for each payment, by its id. */
  payments(): { paymentIntent: string; paid: number; refunded: number }[] {
    return [...this.#emulator.store.charges.values()]
      .filter(({ paid }) => paid)
      .map((charge) => ({
        paymentIntent: charge.payment_intent ?? '',
        paid: charge.amount,
        refunded: charge.amount_refunded,
      }))
  }
}
