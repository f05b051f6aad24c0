import type { Actor } from './actor.ts'
import type { Broken } from './check-answer.ts'
import type { Ownership } from './ownership.ts'
import type { RawAnswer, RawRequest } from './raw-request.ts'
import type { RequestTemplate } from './request-template.ts'

type Json = Record<string, unknown>
const isJson = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : [])

export function jsonIn(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : {}
  } catch {
    return {}
  }
}

/** Callers whose answer goes to the actor's own browser, unless other cookies were sent with theirs. */
const KEEPS_COOKIES = new Set(['own', 'without-csrf', 'csrf-of-another', 'visitor-only'])

function keepsCookies({ caller, headers }: RequestTemplate, actor: Actor): boolean {
  if (headers.some(([name]) => name === 'cookie')) return false
  return KEEPS_COOKIES.has(caller) || (caller === 'bearer' && actor.accessToken === '')
}

/** Stores what an answer tells its caller. Returns the changes in it that somebody else must have made. */
export function recordAnswer(
  ownership: Ownership,
  actor: Actor,
  template: RequestTemplate,
  request: RawRequest,
  answer: RawAnswer,
): Broken[] {
  const cookies = [answer.headers['set-cookie'] ?? []].flat()
  const wasSignedIn = actor.cookies.has('mercat_access')
  for (const line of cookies) ownership.keepSecret(actor.mark, /^[^=]+=([^;]*)/.exec(line)?.[1] ?? '')
  if (keepsCookies(template, actor)) actor.cookies.keep(cookies)
  if (answer.status >= 300) return answer.status === 404 ? compare(actor, template, wasSignedIn, undefined) : []
  const json = jsonIn(answer.text)
  recordFields(ownership, actor, template.operation, json, jsonIn(Buffer.from(request.body ?? []).toString('utf8')))
  const etag = answer.headers['etag']
  if (template.operation.endsWith('Account') && typeof etag === 'string') actor.add('accountETag', etag)
  return compare(actor, template, wasSignedIn, json)
}

function recordFields(ownership: Ownership, actor: Actor, operation: string, json: Json, sent: Json): void {
  if (isJson(json.tokens)) {
    const { access_token, refresh_token } = json.tokens
    actor.accessToken = textOf(access_token)
    actor.add('refreshToken', textOf(refresh_token))
    for (const token of [access_token, refresh_token]) ownership.keepSecret(actor.mark, textOf(token))
  }
  switch (operation) {
    case 'register':
      actor.account = { username: textOf(sent.username), email: textOf(sent.email), password: textOf(sent.password) }
      break
    case 'changePassword':
    case 'resetPassword':
      if (actor.account !== undefined) actor.account.password = textOf(sent.password)
      break
    case 'changeEmail':
      if (actor.account !== undefined) actor.account.email = textOf(sent.email)
      break
    case 'deleteAccount':
      actor.isGone = true
      break
    case 'issueCsrfToken':
      actor.csrf = textOf(json.csrf_token)
      ownership.keepSecret(actor.mark, actor.csrf)
      break
    case 'getAccount':
      actor.put('memberId', textOf(json.id))
      actor.put('memberCode', textOf(json.member_code))
      break
    case 'startCheckout':
      actor.add('checkoutSession', textOf(json.session_id))
      break
    case 'getCheckoutResult':
      if (json.order_identifier !== undefined) actor.add('order', textOf(json.order_identifier))
      break
    case 'listSessions':
      actor.put('session', ...listOf(json.items).map(({ id }) => textOf(id)))
      actor.put(
        'spareSession',
        ...listOf(json.items).flatMap(({ id, current }) => (current === true ? [] : [textOf(id)])),
      )
      break
    default:
  }
  if (Array.isArray(json.items) && 'totals' in json)
    actor.put('cartSku', ...listOf(json.items).flatMap(({ sku_id }) => (sku_id === undefined ? [] : [textOf(sku_id)])))
  const cursor = { listProducts: 'productCursor', listOrders: 'orderCursor', listSessions: 'sessionCursor' }[operation]
  if (cursor !== undefined && typeof json.next_cursor === 'string') actor.add(cursor, json.next_cursor)
}

type Resource = 'account' | 'cart' | 'preferences' | 'address'

/** Which state an operation's answer shows. */
const ANSWERS: Record<string, Resource> = {
  getAccount: 'account',
  changeAccount: 'account',
  findCart: 'cart',
  emptyCart: 'cart',
  addCartItem: 'cart',
  setItemQuantity: 'cart',
  removeCartItem: 'cart',
  addDiscountCode: 'cart',
  removeDiscountCode: 'cart',
  chooseShippingMethod: 'cart',
  getCommunicationPreferences: 'preferences',
  changeCommunicationPreferences: 'preferences',
  getDefaultAddress: 'address',
  putDefaultAddress: 'address',
}
const READS = new Set(['getAccount', 'findCart', 'getCommunicationPreferences', 'getDefaultAddress'])

/** Which other states a change of one affects. */
const ALSO_CHANGES: Record<string, Resource[]> = {
  changeCommunicationPreferences: ['account'],
  putDefaultAddress: ['account'],
  removeDefaultAddress: ['account', 'address'],
  agreeToTerms: ['account'],
  changeEmail: ['account'],
  verifyEmail: ['account'],
  unsubscribe: ['account', 'preferences'],
  signIn: ['cart'],
  register: ['account', 'cart', 'preferences', 'address'],
  signOut: ['cart'],
  startCheckout: ['cart', 'account', 'address'],
  getCheckoutResult: ['cart', 'account', 'address'],
  handleEvent: ['cart', 'account', 'address'],
}

function normalised(resource: Resource, json: Json | undefined): string {
  if (json === undefined) return 'none'
  if (resource !== 'cart') return JSON.stringify(sorted(json))
  // Prices, stock and warnings are the shop's.
  const { id, version, items, shipping_method } = json
  const method = isJson(shipping_method) ? shipping_method.id : null
  const lines = listOf(items).map(({ sku_id, quantity }) => [sku_id, quantity])
  return JSON.stringify({ id, version, lines, method })
}

const sorted = (value: unknown): unknown =>
  isJson(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, part]) => [name, sorted(part)]),
      )
    : value

/** A read must find what the same caller left: nobody else can change it (I8). */
function compare(actor: Actor, template: RequestTemplate, wasSignedIn: boolean, json: Json | undefined): Broken[] {
  const { operation, caller, method, headers } = template
  const asMember = (caller === 'bearer' && actor.accessToken !== '') || wasSignedIn
  const isPlain =
    (caller === 'own' || caller === 'bearer') &&
    !headers.some(([name]) => name === 'cookie' || name === 'authorization')
  const keyOf = (resource: Resource) => `${asMember ? 'member' : 'visitor'} ${resource}`
  const forget = (resources: readonly Resource[]) => {
    for (const resource of resources) {
      actor.lastSeen.delete(`member ${resource}`)
      actor.lastSeen.delete(`visitor ${resource}`)
    }
  }
  if (json !== undefined) forget(ALSO_CHANGES[operation] ?? [])
  const resource = ANSWERS[operation]
  if (resource === undefined || method === 'HEAD' || method === 'OPTIONS') return []
  if (!isPlain || Date.now() < actor.unsettledUntil || (json === undefined && resource !== 'address')) {
    if (json !== undefined) forget([resource])
    return []
  }
  const found = normalised(resource, json)
  const left = actor.lastSeen.get(keyOf(resource))
  actor.lastSeen.set(keyOf(resource), found)
  if (!READS.has(operation) || left === undefined || left === found) return []
  return [
    { rule: 'everybody finds what they left', what: `${resource} of ${actor.mark}: left ${left}, found ${found}` },
  ]
}
