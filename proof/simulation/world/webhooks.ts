import { signatureHeader } from '../../../dev/stripe/events/signature.ts'
import type { StripeEvent } from '../../../dev/stripe/model/objects.ts'
import { WEBHOOK_SECRET } from './stripe.ts'
import type { World } from './world.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Pauses between Stripe's attempts; it gives up after about three days. */
const RETRIES_AFTER = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
const ANSWER_WITHIN = 20 * SECOND

/** The endpoint's subscription at Stripe: the list in `docs/operations.md`. */
export const SUBSCRIBED: ReadonlySet<string> = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
])

type Post = (request: Request, who: string) => Promise<Response | undefined>

/** Delivers Stripe's events to the Worker as badly as the plan says. */
export class Webhooks {
  readonly #world: World
  readonly #post: Post
  #events = 0

  constructor(world: World, post: Post) {
    this.#world = world
    this.#post = post
  }

  add(event: StripeEvent): void {
    if (!SUBSCRIBED.has(event.type)) return
    const { chance, clock, plan, story } = this.#world
    const number = this.#events++
    const name = `event ${number} ${event.type.replace('checkout.session.', 'session.')}`
    const payload = JSON.stringify(event)
    const { duplicates, delays, losses } = plan.weather
    if (!this.#world.healed && chance.of(`${number} lost`) < losses * 0.08) {
      story.tell('Stripe', `${name} is never delivered`)
      return
    }
    const delay =
      chance.of(`${number} delayed`) < delays * 0.12 ? chance.between(MINUTE, 3 * HOUR, `${number} delay`) : 0
    const send = (after: number, which: string) =>
      void clock.after(
        after + chance.between(20, 3_000, `${number} ${which}`),
        () => void this.#deliver(name, payload, 0),
      )
    send(delay, 'first')
    if (chance.of(`${number} twice`) < duplicates * 0.12) send(delay, 'second')
    if (chance.of(`${number} again`) < duplicates * 0.08)
      send(chance.between(HOUR, 60 * HOUR, `${number} days`), 'late')
  }

  async #deliver(name: string, payload: string, attempt: number): Promise<void> {
    const { clock, story, chance } = this.#world
    const signature = signatureHeader(payload, WEBHOOK_SECRET, Math.floor(clock.now() / SECOND))
    const request = new Request('https://api.shop.test/v1/webhooks/stripe', {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signature,
        'cf-connecting-ip': '203.0.113.7',
      },
      body: payload,
    })
    const patience = clock.sleep(ANSWER_WITHIN).then(() => undefined)
    const answer = await Promise.race([this.#post(request, name), patience])
    story.tell(
      name,
      answer === undefined ? 'got no answer' : `was answered ${answer.status} ${await answer.clone().text()}`,
    )
    if (answer?.ok === true) return
    if ((await answer?.clone().text())?.includes('internal-error')) this.#world.violate(`${name} failed`)
    const pause = RETRIES_AFTER[attempt]
    if (pause === undefined) story.tell(name, 'is given up by Stripe')
    else
      clock.after(
        pause * (1 + chance.of(`${name} ${attempt}`) / 10),
        () => void this.#deliver(name, payload, attempt + 1),
      )
  }
}
