import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { Stripe } from 'stripe'
import type { Watch } from '../../../dev/stripe/emulator.ts'
import { startStripeEmulator, type StripeEmulator } from '../../../dev/stripe/server.ts'
import { ContractWatch } from '../../support/stripe-contract.ts'

export const WEBHOOK_SECRET = 'whsec_test_secret'
export const API_KEY = 'sk_test_emulator'

export type Harness = {
  emulator: StripeEmulator
  stripe: Stripe
  /** Moves the emulator's clock on. */
  advance(seconds: number): void
  /** A control call; answers status and body. */
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  stop(): Promise<void>
}

export async function startHarness({
  watch,
  ...options
}: { webhookUrl?: string; watch?: Watch } = {}): Promise<Harness> {
  let offset = 0
  const contract = new ContractWatch({ refused: 'any' }, watch)
  const emulator = await startStripeEmulator({
    port: 0,
    webhookSecret: WEBHOOK_SECRET,
    watch: contract,
    now: () => Math.floor(Date.now() / 1000) + offset,
    ...options,
  })
  return {
    emulator,
    stripe: clientFor(emulator),
    advance(seconds) {
      offset += seconds
    },
    async control(method, path, body) {
      const response = await fetch(`${emulator.url}/_emulator${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: await response.json() }
    },
    async stop() {
      await emulator.stop()
      contract.assertKept()
    },
  }
}

/** The real SDK; without retries of its own unless asked, so that a test sees each answer. */
export function clientFor(
  emulator: StripeEmulator,
  options: { maxNetworkRetries?: number; timeout?: number } = {},
): Stripe {
  return new Stripe(API_KEY, {
    host: '127.0.0.1',
    port: emulator.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    ...options,
  })
}

export const sessionParams = (more: Stripe.Checkout.SessionCreateParams = {}): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  success_url: 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://shop.example/cart',
  line_items: [
    { price_data: { currency: 'usd', unit_amount: 1999, product_data: { name: 'Mug' } }, quantity: 2 },
    { price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Sticker' } }, quantity: 1 },
  ],
  ...more,
})

export const flatShipping = (
  amount: number,
  name = 'Standard',
): Stripe.Checkout.SessionCreateParams.ShippingOption => ({
  shipping_rate_data: { display_name: name, type: 'fixed_amount', fixed_amount: { amount, currency: 'usd' } },
})

/** The id of a reference, expanded or not; empty when there is none. */
export const idOf = (reference: string | { id: string } | null): string =>
  typeof reference === 'string' ? reference : (reference?.id ?? '')

/** The error that a call ends with; fails when it succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('expected the call to fail')
}

/** Polls until the value is there; throws after the deadline. */
export async function eventually<T>(read: () => T | Promise<T>, wanted: (value: T) => boolean, ms = 8000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const value = await read()
    if (wanted(value)) return value
    if (Date.now() > deadline) throw new Error(`not in ${ms} ms: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export type Received = { headers: IncomingHttpHeaders; body: string; event: Stripe.Event }

export type Receiver = {
  url: string
  received: Received[]
  /** Status of each answer by its number; 200 unless a test says otherwise. */
  answer: (index: number, event: Stripe.Event) => number | Promise<number>
  stop(): Promise<void>
}

/** An endpoint for webhooks. */
export async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = { url: '', received: [], answer: () => 200, stop: async () => undefined }
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const event: Stripe.Event = JSON.parse(body)
    const index = receiver.received.push({ headers: request.headers, body, event }) - 1
    response.statusCode = await receiver.answer(index, event)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ received: true, index }))
  }
  const server = createServer((request, response) => void take(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the receiver has no port')
  receiver.url = `http://127.0.0.1:${address.port}/webhooks`
  receiver.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return receiver
}
