import type { IncomingMessage, ServerResponse } from 'node:http'
import { StripeError } from '../api/errors.ts'
import { type Emulator, NO_CAUSE } from '../emulator.ts'
import { readBody, sendHtml } from '../http.ts'
import type { SessionRecord } from '../model/objects.ts'
import { expireOverdue } from '../payments/expire-session.ts'
import { formatMoney } from '../payments/money.ts'
import { paySession } from '../payments/pay-session.ts'
import { destinationOf, type Entries, initialEntries, readPayer } from './entries.ts'
import { type Html, noticePage } from './layout.ts'
import { type PageState, payPage } from './pay-page.ts'

/** The pages that a customer sees: `/c/pay/{session}` and `/receipts/{charge}`. */
export async function handlePage(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const [, kind, sub, id] = path.match(/^\/(c|receipts)\/(?:(pay)\/)?([\w-]+)$/) ?? []
  if (kind === 'receipts' && sub === undefined) return receipt(emulator, response, id ?? '')
  expireOverdue(emulator)
  const record = kind === 'c' ? emulator.store.sessions.get(id ?? '') : undefined
  if (!record || sub === undefined) {
    return show(response, 404, noticePage('Page not found', 'There is nothing at this address.', null))
  }
  if (record.object.status !== 'open') return showClosed(response, record)
  if (request.method === 'POST') return submit(emulator, request, response, record)
  return show(response, 200, payPage(emulator, record, state(initialEntries(emulator, record))))
}

const state = (entries: Entries, more: Partial<PageState> = {}): PageState => ({
  entries,
  errors: {},
  alert: null,
  info: null,
  ...more,
})

async function show(response: ServerResponse, status: number, page: Html): Promise<void> {
  sendHtml(response, status, String(await page))
}

async function submit(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  record: SessionRecord,
): Promise<void> {
  const entries: Entries = Object.fromEntries(new URLSearchParams(await readBody(request)))
  // Reading the body took a moment: another tab may have paid, or the time may be over.
  expireOverdue(emulator)
  if (record.object.status !== 'open') return showClosed(response, record)
  const again = (status: number, more: Partial<PageState>) =>
    show(response, status, payPage(emulator, record, state(entries, more)))
  if (entries['action'] === 'update') return again(200, {})
  const read = readPayer(record, entries)
  if ('errors' in read) return again(422, { errors: read.errors, alert: 'Please check the fields marked below.' })
  const taxed = record.object.automatic_tax.enabled
  if (taxed && entries['taxed_for'] !== destinationOf(record, entries)) {
    return again(200, { info: 'The total has changed with the tax at your address. Please check it and pay again.' })
  }
  try {
    paySession(emulator, record, read.payer, NO_CAUSE)
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    return again(error.status, { alert: error.message })
  }
  return redirect(response, record)
}

function returnAddress(record: SessionRecord): string | null {
  const { success_url, return_url, id } = record.object
  return (success_url ?? return_url ?? null)?.replaceAll('{CHECKOUT_SESSION_ID}', id) ?? null
}

function redirect(response: ServerResponse, record: SessionRecord): Promise<void> {
  const location = returnAddress(record)
  if (location === null) return show(response, 200, noticePage('Thank you', 'Your payment is complete.', null))
  response.statusCode = 303
  response.setHeader('location', location)
  response.end()
  return Promise.resolve()
}

function showClosed(response: ServerResponse, record: SessionRecord): Promise<void> {
  const { status, cancel_url } = record.object
  if (status === 'complete') {
    const address = returnAddress(record)
    const link = address === null ? null : { href: address, label: 'Continue' }
    return show(
      response,
      200,
      noticePage('Already paid', 'This checkout has been completed. Nothing is left to pay.', link),
    )
  }
  const link = cancel_url === null ? null : { href: cancel_url, label: 'Back to the shop' }
  const message = 'This checkout is no longer open, and you have not been charged. Please start again from the shop.'
  return show(response, 410, noticePage('This checkout has expired', message, link))
}

function receipt(emulator: Emulator, response: ServerResponse, chargeId: string): Promise<void> {
  const charge = emulator.store.charges.get(chargeId)
  if (!charge || charge.status !== 'succeeded') {
    return show(response, 404, noticePage('Page not found', 'There is no receipt at this address.', null))
  }
  const money = (amount: number) => formatMoney(amount, charge.currency)
  const refunded = charge.amount_refunded > 0 ? ` ${money(charge.amount_refunded)} has been refunded.` : ''
  const message = `${money(charge.amount)} paid on ${new Date(charge.created * 1000).toUTCString()}.${refunded}`
  return show(response, 200, noticePage(`Receipt ${charge.receipt_number ?? charge.id}`, message, null))
}
