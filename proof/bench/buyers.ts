import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import { Browser } from '../../dev/browser.ts'
import { signatureHeader } from '../../dev/stripe/events/signature.ts'
import type { BuiltShop } from '../world/built-worker.ts'
import { inParallel, send, sendExpecting } from './load.ts'
import type { Call } from './load.ts'

const PREPARED_AT_ONCE = 12

/** A visitor with the headers of a browser: cookies and CSRF token. */
export interface Visitor {
  id: string
  headers: Record<string, string>
}

const startedAnswer = z.object({ session_id: z.string() })

/** A browser on the connections that the benchmarks keep open. */
export const openBrowser = (api: string): Promise<Browser> =>
  Browser.arrive(api, {
    async send({ body, ...call }) {
      const { status, headers, text } = await send(typeof body === 'string' ? { ...call, body } : call)
      const lines = Object.entries(headers).flatMap(([name, values = []]) =>
        [values].flat().map((value): [string, string] => [name, value]),
      )
      return { status, headers: new Headers(lines), text }
    },
  })

/** Who sits at this browser, for requests that are sent without it. */
export const visitorAt = (browser: Browser): Visitor => ({
  id: decodeURIComponent(browser.cookies.get('mercat_visitor') ?? '').split('.')[0] ?? '',
  headers: { accept: 'application/json', 'content-type': 'application/json', ...browser.credentials() },
})

/** New visitors, each known by cookies of its own. */
export const createVisitors = (api: string, count: number): Promise<Visitor[]> =>
  inParallel(
    PREPARED_AT_ONCE,
    Array.from({ length: count }, (_, at) => at),
    async () => visitorAt(await openBrowser(api)),
  )

/** Gives every visitor a cart with one unit of each of its SKUs. */
export async function fillCarts(db: pg.Client, visitors: Visitor[], skusOf: (at: number) => string[]): Promise<void> {
  const lines = visitors.flatMap(({ id }, at) => skusOf(at).map((sku) => ({ id, sku })))
  await db.query(`INSERT INTO carts (visitor_id) SELECT unnest($1::uuid[])`, [visitors.map(({ id }) => id)])
  await db.query(
    `INSERT INTO cart_items (cart_id, sku_id, quantity)
     SELECT c.id, line.sku, 1 FROM unnest($1::uuid[], $2::uuid[]) AS line (visitor, sku)
     JOIN carts c ON c.visitor_id = line.visitor`,
    [lines.map(({ id }) => id), lines.map(({ sku }) => sku)],
  )
}

export const checkoutCall = (api: string, { headers }: Visitor): Call => ({
  method: 'POST',
  url: `${api}/v1/checkout`,
  headers,
  body: JSON.stringify({ agreed_with_terms_of_sale: true }),
})

/** The Stripe session that an answer to `checkoutCall` names. */
export const sessionOf = (text: string): string => startedAnswer.parse(JSON.parse(text)).session_id

/** Pays at the emulator, as a customer on the payment page. */
export async function pay({ services }: Pick<BuiltShop, 'services'>, sessionId: string): Promise<void> {
  await sendExpecting(200, {
    method: 'POST',
    url: `${services.stripe.url}/_emulator/checkout/sessions/${sessionId}/pay`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      card: '4242424242424242',
      email: `${sessionId.slice(-16).toLowerCase()}@example.com`,
      name: 'Jane Doe',
    }),
  })
}

/** Starts the visitors' checkouts and pays them; answers the sessions. */
export const buy = (shop: BuiltShop, visitors: Visitor[]): Promise<string[]> =>
  inParallel(PREPARED_AT_ONCE, visitors, async (visitor) => {
    const sessionId = sessionOf((await sendExpecting(201, checkoutCall(shop.api, visitor))).text)
    await pay(shop, sessionId)
    return sessionId
  })

/** Stripe's call that tells of a paid session, signed. */
export function webhookCall(api: string, secret: string, sessionId: string): Call {
  const seconds = Math.floor(Date.now() / 1_000)
  const body = JSON.stringify({
    id: `evt_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: '2026-10-28',
    created: seconds,
    data: { object: { id: sessionId, object: 'checkout.session' } },
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type: 'checkout.session.completed',
  })
  const headers = { 'content-type': 'application/json', 'stripe-signature': signatureHeader(body, secret, seconds) }
  return { method: 'POST', url: `${api}/v1/webhooks/stripe`, headers, body }
}
