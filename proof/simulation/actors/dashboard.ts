import { z } from 'zod'
import { checkoutIdOf } from '../../../src/payments/stripe/metadata.ts'
import type { SimulatedStripe } from '../world/stripe.ts'
import type { World } from '../world/world.ts'

const idSchema = z.object({ id: z.string() })

type Watch = (sessionId: string, checkoutId: string) => Promise<void>

/** The operator at Stripe's dashboard who makes refunds, and the customers' banks, which open disputes. */
export class Dashboard {
  readonly #world: World
  readonly #stripe: SimulatedStripe
  readonly #watch: Watch
  #payments = 0

  constructor(given: { world: World; stripe: SimulatedStripe; watch: Watch }) {
    this.#world = given.world
    this.#stripe = given.stripe
    this.#watch = given.watch
  }

  /** Call when a page has just been paid, or a debit ordered for it. */
  async watch(sessionId: string): Promise<void> {
    const session = this.#stripe.session(sessionId)
    if (session !== undefined) await this.#watch(sessionId, checkoutIdOf(session) ?? '')
  }

  /** Call for each payment that went through. */
  paid(sessionId: string): void {
    const number = this.#payments++
    for (const { payment, percent, afterMinutes } of this.#world.plan.refunds) {
      if (payment === number)
        this.#world.clock.after(afterMinutes * 60_000, () => this.#world.start(this.#refund(sessionId, percent)))
    }
    for (const { payment, afterMinutes, outcome } of this.#world.plan.disputes) {
      if (payment === number)
        this.#world.clock.after(afterMinutes * 60_000, () => this.#world.start(this.#dispute(sessionId, outcome)))
    }
  }

  async #dispute(sessionId: string, outcome: 'won' | 'lost' | null): Promise<void> {
    const intent = this.#stripe.session(sessionId)?.payment_intent
    if (intent == null) return
    const opened = await this.#stripe.control(`payment_intents/${intent}/dispute`)
    const id = opened === undefined ? undefined : idSchema.parse(opened).id
    this.#world.story.tell(
      'bank',
      `disputes session ${sessionId.slice(-6)}: ${id === undefined ? 'refused' : 'opened'}`,
    )
    if (id === undefined || outcome === null) return
    this.#world.clock.after(30 * 60_000, () =>
      this.#world.start(this.#stripe.control(`disputes/${id}/close`, { status: outcome })),
    )
  }

  async #refund(sessionId: string, percent: number): Promise<void> {
    const session = this.#stripe.session(sessionId)
    if (session?.payment_intent == null) return
    const amount = Math.max(1, Math.floor(((session.amount_total ?? 0) * percent) / 100))
    const refund = await this.#stripe.control(`payment_intents/${session.payment_intent}/refund`, { amount })
    this.#world.story.tell(
      'dashboard',
      `refunds ${amount} of session ${sessionId.slice(-6)}: ${refund === undefined ? 'refused' : 'done'}`,
    )
  }
}
