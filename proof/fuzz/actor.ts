import { randomBytes } from 'node:crypto'
import { CookieJar } from '../../dev/browser.ts'
import { PASSWORD_MARK, PLANTED_EMAIL_HOST } from './hostile-values.ts'

let made = 0

export interface Credentials {
  username: string
  email: string
  password: string
}

/** A user of the shop: cookies, account, and the ids that they know. */
export class Actor {
  readonly mark: string
  readonly cookies = new CookieJar()
  csrf = ''
  /** Undefined without an account. */
  account: Credentials | undefined
  /** For clients without cookies. */
  accessToken = ''
  /** What placeholders name, the newest first. */
  readonly things = new Map<string, string[]>()
  /** The state that the last answer showed, by kind. */
  readonly lastSeen = new Map<string, string>()
  /** Until then a purchase may still empty the cart behind their back. */
  unsettledUntil = 0
  isGone = false

  constructor(mark: string) {
    this.mark = mark
  }

  get email(): string {
    return this.account?.email ?? `${this.mark}@${PLANTED_EMAIL_HOST}`
  }

  has(name: string): boolean {
    return (this.things.get(name)?.length ?? 0) > 0
  }

  find(name: string, at: number): string | undefined {
    if (name === 'mark') return this.mark
    if (name === 'email') return this.email
    // Nobody else can have it; that of a visitor anybody may register with, and verify who reads its mail.
    if (name === 'takenEmail') return this.account?.email
    if (name === 'username' || name === 'password') return this.account?.[name]
    const all = this.things.get(name) ?? []
    return all[at % Math.max(1, all.length)]
  }

  put(name: string, ...values: string[]): void {
    this.things.set(name, values)
  }

  /** Remembers a thing as the newest of its kind. */
  add(name: string, value: string): void {
    this.things.set(name, [value, ...(this.things.get(name) ?? []).filter((each) => each !== value)].slice(0, 20))
  }

  get isSignedIn(): boolean {
    return this.cookies.has('mercat_access') || this.cookies.has('mercat_refresh')
  }
}

/** A new value of the kind that `name` says. */
export function makeNew(actor: Actor, name: string): string {
  made += 1
  switch (name) {
    case 'username':
      return `${actor.mark}.${made}`
    case 'email':
      return `${actor.mark}.${made}@${PLANTED_EMAIL_HOST}`
    case 'password':
      return `${PASSWORD_MARK}-${randomBytes(6).toString('hex')}`
    case 'eventId':
      return `evt_fuzz_${randomBytes(12).toString('hex')}`
    default:
      return `key-${randomBytes(12).toString('hex')}`
  }
}

/** Placeholder values for what an actor does not have. */
const SAMPLES: Record<string, string> = {
  checkoutSession: 'cs_test_nothing',
  order: 'ORD-0000000000',
  username: 'nobody',
  password: `${PASSWORD_MARK}-of-nobody`,
  accountETag: '"none"',
  termsVersion: '2025-01',
}
export const sampleOf = (name: string): string =>
  SAMPLES[name] ?? (/token|cursor|cookie/i.test(name) ? 'none' : '01990000-0000-7000-8000-000000000000')
