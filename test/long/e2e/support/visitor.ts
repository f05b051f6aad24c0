import { expect } from 'vitest'

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The parsed body; fails the test when it is not JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read whatever the API answers
  readonly json: any
}

export interface StartedCheckout {
  checkout_id: string
  session_id: string
  url: string
}

/** One visitor's browser as the API sees it: keeps cookies, and sends the CSRF token with every change. */
export class Visitor {
  readonly api: string
  private readonly cookies = new Map<string, string>()
  private csrfToken = ''

  constructor(api: string) {
    this.api = api
  }

  /** A visitor who has been given cookie and token. */
  static async arrive(api: string): Promise<Visitor> {
    const visitor = new Visitor(api)
    visitor.csrfToken = (await visitor.expectOk('GET', '/v1/auth/csrf')).csrf_token
    return visitor
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(new URL(path, this.api), {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
      headers: {
        ...this.credentials(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie)
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text)
      },
    }
  }

  /** What proves who asks, for requests that a test makes by itself. */
  credentials(): Record<string, string> {
    return {
      cookie: [...this.cookies].map((pair) => pair.join('=')).join('; '),
      'x-csrf-token': this.csrfToken,
    }
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- tests read whatever the API answers
  async expectOk(method: string, path: string, body?: unknown): Promise<any> {
    const { status, text } = await this.call(method, path, body)
    expect([200, 201], `${method} ${path}: ${status} ${text}`).toContain(status)
    return JSON.parse(text)
  }

  async addToCart(skuId: string, quantity = 1): Promise<void> {
    await this.expectOk('POST', '/v1/cart/items', { sku_id: skuId, quantity })
  }

  async checkOut(body: Record<string, unknown> = {}): Promise<StartedCheckout> {
    return this.expectOk('POST', '/v1/checkout', { agreed_with_terms_of_sale: true, ...body })
  }

  async checkoutResult(sessionId: string): Promise<{ status: string; order_identifier?: string }> {
    return this.expectOk('GET', `/v1/checkout/${sessionId}`)
  }

  private keep(setCookie: string): void {
    const [pair = ''] = setCookie.split(';')
    const at = pair.indexOf('=')
    if (/;\s*max-age=0/i.test(setCookie)) this.cookies.delete(pair.slice(0, at))
    else this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
  }
}
