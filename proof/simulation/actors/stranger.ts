import { z } from 'zod'
import { checkoutIdOf } from '../../../src/payments/stripe/metadata.ts'
import type { Session } from '../../../dev/stripe/model/objects.ts'
import type { Plan } from '../plan.ts'
import type { SimulatedStripe } from '../world/stripe.ts'
import type { World } from '../world/world.ts'

const HOUR = 3_600_000

const idSchema = z.object({ id: z.string() })

/** Pays sessions on the same Stripe account that name a checkout of the shop and were not made by it. */
export class Stranger {
  readonly #world: World
  readonly #stripe: SimulatedStripe
  #sessions = 0

  constructor(world: World, stripe: SimulatedStripe) {
    this.#world = world
    this.#stripe = stripe
  }

  /** Call for each session that the shop has made. */
  seen(session: Session): void {
    const number = this.#sessions++
    for (const stranger of this.#world.plan.strangers) {
      if (stranger.session === number)
        this.#world.clock.after(stranger.afterMs, () => this.#world.start(this.#pay(session, stranger)))
    }
  }

  async #pay(own: Session, { by, total, debit }: Plan['strangers'][number]): Promise<void> {
    const checkoutId = checkoutIdOf(own) ?? ''
    const opened = await this.#stripe.control('payment_links/open', {
      amount: Math.max(50, (own.amount_total ?? 0) + total),
      client_reference_id: checkoutId,
      // Another system with a key of the account copies the metadata, too; a payment link cannot set any.
      ...(by === 'other system' && { metadata: { checkout_id: checkoutId } }),
    })
    const foreign = this.#stripe.session(idSchema.parse(opened).id)
    if (foreign === undefined) throw new Error('a payment link opened no session')
    if (by === 'other system') foreign.payment_link = null
    const paid = await this.#stripe.control(`checkout/sessions/${foreign.id}/pay`, {
      ...(debit ? { payment_method: 'bank_debit' } : { card: '4242424242424242' }),
      email: 'stranger@elsewhere.test',
      name: 'Nobody',
    })
    this.#world.story.tell(
      'stranger',
      `pays ${foreign.id.slice(-6)} of ${by} for the checkout of ${own.id.slice(-6)}: ${paid === undefined ? 'refused' : 'taken'}`,
    )
    if (debit && paid !== undefined)
      this.#world.clock.after(HOUR, () =>
        this.#world.start(this.#stripe.control(`checkout/sessions/${foreign.id}/settle`, { outcome: 'succeeded' })),
      )
  }
}
