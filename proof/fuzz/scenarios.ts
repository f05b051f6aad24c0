import { waitUntil } from '../../dev/wait-until.ts'
import type { Controls } from '../world/controls.ts'
import { Actor } from './actor.ts'
import type { Operation } from './document.ts'
import { exchange, plain } from './exchange.ts'
import type { Exchanged, World } from './exchange.ts'
import type { Findings } from './findings.ts'
import { markOf } from './ownership.ts'
import { placeholder } from './placeholders.ts'
import type { Caller } from './request-template.ts'

export type Scenarios = ReturnType<typeof createScenarios>

export interface ScenariosOptions {
  world: World
  operations: Operation[]
  findings: Findings
  controls: Controls
  unsubscribeTokenOf: (memberCode: string) => Promise<string>
}

/** What actors do so that generated requests can take effect: purchases, sessions, links from emails. */
export function createScenarios({ world, operations, findings, controls, unsubscribeTokenOf }: ScenariosOptions) {
  const byId = new Map(operations.map((operation) => [operation.id, operation]))
  let marks = 0
  /** Links that were taken from an email; each can be used once at most. */
  const followed = new Set<string>()

  /** The answers to scenarios' requests are checked like all others. */
  async function call(
    actor: Actor,
    id: string,
    body?: unknown,
    { caller = 'own', path = '' }: { caller?: Caller; path?: string } = {},
  ): Promise<Exchanged> {
    const operation = byId.get(id)
    if (operation === undefined) throw new Error(`the document has no operation ${id}`)
    const template = { ...plain(operation, body, caller), ...(path === '' ? {} : { path }) }
    const exchanged = await exchange(world, actor, template)
    for (const broken of exchanged.broken) findings.add(broken, id)
    return exchanged
  }

  /** A new visitor. */
  async function arrive(): Promise<Actor> {
    const actor = new Actor(markOf((marks += 1)))
    await call(actor, 'issueCsrfToken')
    return actor
  }

  /** A member with a profile, and with tokens for requests without cookies. */
  async function enrol(): Promise<Actor> {
    const actor = await arrive()
    const who = {
      username: placeholder('new', 'username'),
      email: placeholder('new', 'email'),
      password: placeholder('new', 'password'),
    }
    const { answer } = await call(actor, 'register', who)
    if (answer.status !== 201) throw new Error(`nobody can register: ${answer.status} ${answer.text}`)
    await call(actor, 'changeAccount', { first_name: `${actor.mark} Ann`, last_name: `${actor.mark} Lee` })
    await call(actor, 'putDefaultAddress', {
      name: `${actor.mark} Ann Lee`,
      line1: `${actor.mark} Road 1`,
      city: actor.mark,
      postal_code: '62701',
      country: 'US',
    })
    await call(actor, 'getAccount')
    return actor
  }

  const signIn = (actor: Actor, delivery: 'cookie' | 'body') =>
    call(
      actor,
      'signIn',
      { login: placeholder('own', 'username'), password: placeholder('own', 'password'), token_delivery: delivery },
      { caller: 'visitor-only' },
    )

  async function fillCart(actor: Actor): Promise<void> {
    await call(actor, 'findCart')
    if (!actor.has('cartSku')) await call(actor, 'addCartItem', { sku_id: placeholder('shop', 'plenty'), quantity: 1 })
  }

  /** Opens a payment page, and returns whether that worked. */
  async function checkOut(actor: Actor): Promise<boolean> {
    await fillCart(actor)
    const body = { agreed_with_terms_of_sale: true, email: placeholder('own', 'email') }
    return (await call(actor, 'startCheckout', body)).answer.status < 300
  }

  /** A paid order, with addresses that contain the actor's mark. */
  async function buy(actor: Actor, method?: 'bank_debit'): Promise<void> {
    if (!(await checkOut(actor))) return
    const session = actor.find('checkoutSession', 0) ?? ''
    const { mark } = actor
    const address = { line1: `${mark} Road 1`, city: mark, state: 'IL', postal_code: '62701', country: 'US' }
    const status = await controls.pay(session, {
      email: actor.email,
      name: mark,
      shipping: { name: mark, address },
      billing: { name: mark, address },
      ...(method === undefined ? {} : { payment_method: method }),
    })
    actor.lastSeen.clear()
    actor.unsettledUntil = Date.now() + 5_000
    if (status < 300) await call(actor, 'getCheckoutResult', undefined, { path: `/v1/checkout/${session}` })
  }

  async function linkFromEmail(actor: Actor, path: RegExp): Promise<string | undefined> {
    for (const { text } of await controls.emailsTo(actor.email)) {
      const token = path.exec(text)?.[1]
      if (token !== undefined && !followed.has(token)) {
        followed.add(token)
        world.ownership.keepSecret(actor.mark, token)
        return token
      }
    }
    return undefined
  }

  /** Waits some seconds for the email if `isPatient`; otherwise uses what the mailbox has now. */
  async function findLink(actor: Actor, name: string, path: RegExp, isPatient = false): Promise<void> {
    const find = () => linkFromEmail(actor, path)
    const token = isPatient
      ? await waitUntil(`a link ${path}`, find, { everyMs: 200 }).catch(() => undefined)
      : await find()
    if (token !== undefined) actor.put(name, token)
  }

  async function findOrderLink(actor: Actor, isPatient = false): Promise<void> {
    const order = actor.find('order', 0)
    if (order !== undefined) await findLink(actor, 'orderToken', new RegExp(`${order}\\?token=([\\w.~-]+)`), isPatient)
  }

  const STEPS: Record<string, (actor: Actor) => Promise<unknown>> = {
    setItemQuantity: fillCart,
    removeCartItem: fillCart,
    addDiscountCode: fillCart,
    removeDiscountCode: fillCart,
    chooseShippingMethod: fillCart,
    startCheckout: fillCart,
    getCheckoutResult: async (actor) => actor.has('checkoutSession') || checkOut(actor),
    handleEvent: async (actor) => actor.has('checkoutSession') || checkOut(actor),
    listOrders: async (actor) => actor.has('order') || buy(actor),
    getOrder: async (actor) => {
      if (!actor.has('order')) await buy(actor)
      if (!actor.has('orderToken')) await findOrderLink(actor)
    },
    verifyEmail: async (actor) => {
      await call(actor, 'resendVerification')
      await findLink(actor, 'verifyToken', /verify-email\?token=([\w.~-]+)/)
    },
    resetPassword: async (actor) => {
      await call(actor, 'requestPasswordReset', { login: placeholder('own', 'username') })
      await findLink(actor, 'resetToken', /reset-password\?token=([\w.~-]+)/, true)
    },
    endOwnSession: async (actor) => {
      await signIn(actor, 'body')
      await call(actor, 'listSessions')
    },
    refreshSessionByToken: async (actor) => actor.has('refreshToken') || signIn(actor, 'body'),
    checkUnsubscribeToken: findUnsubscribeToken,
    unsubscribe: findUnsubscribeToken,
  }

  async function findUnsubscribeToken(actor: Actor): Promise<void> {
    if (actor.account !== undefined && !actor.has('memberCode')) await call(actor, 'getAccount')
    const code = actor.find('memberCode', 0)
    if (code !== undefined && code !== '') actor.put('unsubscribeToken', await unsubscribeTokenOf(code))
  }

  /** Signs in again if the session has ended; false when that is no longer possible. */
  async function recover(actor: Actor): Promise<boolean> {
    await call(actor, 'issueCsrfToken')
    if (actor.account === undefined) return true
    if (actor.cookies.has('mercat_refresh') && (await call(actor, 'refreshSession')).answer.status === 200) return true
    return (await signIn(actor, 'cookie')).answer.status === 200
  }

  return {
    call,
    arrive,
    enrol,
    signIn,
    checkOut,
    buy,
    fillCart,
    findOrderLink,
    recover,
    /** Prepares a request for an operation; operations that need a session are prepared for members only. */
    async prepare(id: string, actor: Actor): Promise<void> {
      if (byId.get(id)?.isForMembers === true && actor.account === undefined) return
      await STEPS[id]?.(actor)
    },
  }
}
