import type { z } from 'zod'

type Body = NonNullable<RequestInit['body']>

/** A request as a browser would send it; names of headers are in lower case. */
export interface Call {
  method: string
  url: string
  headers: Record<string, string>
  body?: Body
}

export interface Reply {
  status: number
  headers: Headers
  text: string
}

export interface Answer extends Reply {
  /** The parsed body; throws when it is not JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read whatever the API answers
  readonly json: any
}

export interface StartedCheckout {
  checkout_id: string
  session_id: string
  url: string
}

/** Cookies by name, as the last answer that named them left them. */
export class CookieJar extends Map<string, string> {
  /** Takes `Set-Cookie` lines; `Max-Age=0` ends a cookie. */
  keep(lines: Iterable<string>): void {
    for (const line of lines) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/;\s*max-age=0/i.test(line)) this.delete(pair.slice(0, at))
      else this.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }

  /** The value of the `Cookie` header; empty without cookies. */
  get header(): string {
    return Array.from(this, (pair) => pair.join('=')).join('; ')
  }
}

/** Sends over HTTP; gives up after half a minute. */
async function overHttp({ url, ...call }: Call): Promise<Reply> {
  const response = await fetch(url, { ...call, redirect: 'manual', signal: AbortSignal.timeout(30_000) })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/**
 * A customer's browser in front of the API: it keeps cookies, and sends the CSRF token once it has one. `send` is the way
 * to the API, `headers` go with every request.
 */
export class Browser {
  readonly cookies = new CookieJar()
  /** Set by `begin`; sent as soon as it is there. */
  csrfToken: string | undefined
  readonly #api: string
  readonly #send: (call: Call) => Promise<Reply>
  readonly #headers: Record<string, string>

  constructor(
    api: string,
    { send = overHttp, headers = {} }: { send?: (call: Call) => Promise<Reply>; headers?: Record<string, string> } = {},
  ) {
    this.#api = api
    this.#send = send
    this.#headers = headers
  }

  /** A browser that has its visitor cookie and CSRF token. */
  static async arrive(...given: ConstructorParameters<typeof Browser>): Promise<Browser> {
    const browser = new Browser(...given)
    await browser.begin()
    return browser
  }

  /** Fetches the token that every change needs, and the cookies that belong to it. */
  async begin(): Promise<string> {
    const { csrf_token: token } = await this.ask('GET', '/v1/auth/csrf')
    this.csrfToken = token
    return token
  }

  /** The headers that say who asks. */
  credentials(): Record<string, string> {
    return {
      ...(this.cookies.size === 0 ? {} : { cookie: this.cookies.header }),
      ...(this.csrfToken === undefined ? {} : { 'x-csrf-token': this.csrfToken }),
    }
  }

  /** Sends a request, whatever is answered. Headers given here win over the browser's own. */
  async call(
    method: string,
    path: string,
    {
      json,
      body = json === undefined ? undefined : JSON.stringify(json),
      headers = {},
    }: {
      json?: unknown
      body?: Body | undefined
      headers?: Record<string, string>
    } = {},
  ): Promise<Answer> {
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const all = new Headers({ ...this.#headers, ...this.credentials(), ...type })
    for (const [name, value] of Object.entries(headers)) all.set(name, value)
    const call = { method, url: new URL(path, this.#api).href, headers: Object.fromEntries(all) }
    const reply = await this.#send(body === undefined ? call : { ...call, body })
    this.cookies.keep(reply.headers.getSetCookie())
    return {
      ...reply,
      get json() {
        return JSON.parse(reply.text)
      },
    }
  }

  /** The JSON of an answer that says yes, undefined without a body. Throws when it says no, or has another form than `schema`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read whatever the API answers
  async ask<T = any>(method: string, path: string, json?: unknown, schema?: z.ZodType<T>): Promise<T> {
    const { status, text } = await this.call(method, path, { json })
    if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${text}`)
    const answer = text === '' ? undefined : JSON.parse(text)
    const parsed = schema?.safeParse(answer)
    if (parsed?.success === false)
      throw new Error(`${method} ${path} answered in another form: ${parsed.error.message}`)
    return answer
  }

  async addToCart(skuId: string, quantity = 1): Promise<void> {
    await this.ask('POST', '/v1/cart/items', { sku_id: skuId, quantity })
  }

  checkOut(body: Record<string, unknown> = {}): Promise<StartedCheckout> {
    return this.ask('POST', '/v1/checkout', { agreed_with_terms_of_sale: true, ...body })
  }

  checkoutResult(sessionId: string): Promise<{ status: string; order_identifier?: string }> {
    return this.ask('GET', `/v1/checkout/${sessionId}`)
  }
}
