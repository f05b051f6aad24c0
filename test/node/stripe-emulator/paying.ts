import type { Stripe } from 'stripe'
import { type Harness, idOf, sessionParams } from './harness.ts'

/** What a test of payments does all the time, on one emulator. */
export type Paying = {
  open(params?: Stripe.Checkout.SessionCreateParams): Promise<Stripe.Checkout.Session>
  pay(id: string, body?: object): Promise<{ status: number; body: unknown }>
  settle(id: string, outcome: string): Promise<{ status: number; body: unknown }>
  /** The session with its payment, charge and customer. */
  retrieve(id: string): Promise<Stripe.Checkout.Session>
  /** Types of the events about a session and its payment, oldest first. */
  eventsOf(session: Stripe.Checkout.Session): Promise<string[]>
}

export function payingOn({ stripe, control }: Pick<Harness, 'stripe' | 'control'>): Paying {
  return {
    open: (params = {}) => stripe.checkout.sessions.create(sessionParams(params)),
    pay: (id, body = {}) => control('POST', `/checkout/sessions/${id}/pay`, body),
    settle: (id, outcome) => control('POST', `/checkout/sessions/${id}/settle`, { outcome }),
    retrieve: (id) => stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge', 'customer'] }),
    async eventsOf(session) {
      const intent = idOf(session.payment_intent)
      const { data } = await stripe.events.list({ limit: 100 })
      return data
        .filter((event) => {
          const object = new Map<string, unknown>(Object.entries(event.data.object))
          const id = object.get('id')
          return id === session.id || id === intent || (intent && object.get('payment_intent') === intent)
        })
        .map((event) => event.type)
        .toReversed()
    },
  }
}
