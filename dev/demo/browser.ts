import { z } from 'zod'

/** One visitor's browser, as far as the API can tell: it keeps cookies and sends the CSRF token with what changes something. */
export class Browser {
  readonly api: string
  private readonly cookies = new Map<string, string>()
  private csrfToken: string | undefined

  constructor(api: string) {
    this.api = api
  }

  /** Fetches the token that every change needs, and the cookies that belong to it. */
  async begin(): Promise<void> {
    this.csrfToken = (await this.get('/v1/auth/csrf', z.object({ csrf_token: z.string() }))).csrf_token
  }

  get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.send('GET', path, undefined, schema)
  }

  /**
   * Sends a request and answers its JSON, undefined for an empty body; throws with status and problem when it is
   * refused, or has another form.
   */
  async send<T>(method: string, path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const headers = new Headers({ accept: 'application/json' })
    if (this.cookies.size > 0) headers.set('cookie', [...this.cookies].map((pair) => pair.join('=')).join('; '))
    if (this.csrfToken !== undefined && method !== 'GET') headers.set('x-csrf-token', this.csrfToken)
    if (body !== undefined) headers.set('content-type', 'application/json')
    const response = await fetch(new URL(path, this.api), {
      method,
      headers,
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    const parsed = schema.safeParse(text === '' ? undefined : JSON.parse(text))
    if (!parsed.success) throw new Error(`${method} ${path} answered in another form: ${z.prettifyError(parsed.error)}`)
    return parsed.data
  }

  private keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(';')
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    const ended = attributes.some((each) => /^\s*max-age=0\s*$/i.test(each))
    if (ended) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(at + 1))
  }
}
