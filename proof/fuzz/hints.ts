import fc from 'fast-check'
import { placeholder } from './placeholders.ts'
import type { Scope } from './placeholders.ts'

const one = (scope: Scope, name: string) => fc.nat(50).map((at) => placeholder(scope, name, at))
const latest = (scope: Scope, name: string) => fc.constant(placeholder(scope, name))

const CODES = ['WELCOME10', 'TAKE5', 'FREESHIP', 'HALFSHIP', 'NEIGHBOUR5', 'BIG20', 'ONCEEACH', 'welcome10', 'RETIRED']
const COUNTRIES = ['US', 'CA', 'ES', 'FR', 'DE']

/** A line of text that says whose it is. */
const marked = fc
  .tuple(one('own', 'mark'), fc.string({ unit: 'grapheme', maxLength: 6 }))
  .map(([mark, rest]) => `${mark}${rest.replaceAll('⟦', '')}`)

/** Values that make sense where the schema alone cannot say. By field, or by operation and field. */
const HINTS: Record<string, fc.Arbitrary<unknown>> = {
  sku_id: fc.oneof({ weight: 3, arbitrary: one('shop', 'plenty') }, { weight: 1, arbitrary: one('shop', 'sku') }),
  product_id: one('shop', 'plentyProduct'),
  'setItemQuantity sku_id': one('own', 'cartSku'),
  'removeCartItem sku_id': one('own', 'cartSku'),
  quantity: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 1, max: 99 })),
  code: fc.constantFrom(...CODES),
  shipping_method_id: one('shop', 'shippingMethod'),
  slug: one('shop', 'slug'),
  session_id: one('own', 'checkoutSession'),
  identifier: one('own', 'order'),
  'getOrder token': latest('own', 'orderToken'),
  'endOwnSession id': latest('own', 'spareSession'),
  'verifyEmail token': latest('own', 'verifyToken'),
  'resetPassword token': latest('own', 'resetToken'),
  token: latest('own', 'unsubscribeToken'),
  refresh_token: latest('own', 'refreshToken'),
  version: latest('shop', 'termsVersion'),
  login: fc.oneof(latest('own', 'username'), latest('own', 'email')),
  password: latest('own', 'password'),
  current_password: latest('own', 'password'),
  'register password': one('new', 'password'),
  'register username': latest('new', 'username'),
  'register email': latest('new', 'email'),
  'changePassword password': one('new', 'password'),
  'resetPassword password': one('new', 'password'),
  'changeEmail email': one('new', 'email'),
  email: latest('own', 'email'),
  first_name: marked,
  last_name: marked,
  name: marked,
  line1: marked,
  city: marked,
  country: fc.constantFrom(...COUNTRIES),
  postal_code: fc.stringMatching(/^[0-9]{5}$/),
  expected_total: fc.record({ amount: fc.integer({ min: 0, max: 9_999 }), currency: fc.constant('usd') }),
  'if-match': latest('own', 'accountETag'),
  'listProducts cursor': latest('own', 'productCursor'),
  'listOrders cursor': latest('own', 'orderCursor'),
  'listSessions cursor': latest('own', 'sessionCursor'),
  q: fc.constantFrom('mug', 'stoneware', 'tea', 'a', 'olive oi', 'xyzzy'),
  color: fc.constantFrom('Sea', 'sea', 'Sand', 'none'),
  size: fc.constantFrom('S', 'M', 'L'),
  'idempotency-key': one('new', 'idempotencyKey'),
  'stripe-signature': latest('own', 'stripeSignature'),
}

export const hintFor = (operation: string, name: string): fc.Arbitrary<unknown> | undefined =>
  HINTS[`${operation} ${name}`] ?? HINTS[name]

/** Whose value stands in for this field in a request that names somebody else's things. It must gain nothing by it. */
const FOREIGN: Record<string, [Scope, string][]> = {
  session_id: [
    ['other', 'checkoutSession'],
    ['bystander', 'checkoutSession'],
  ],
  identifier: [
    ['other', 'order'],
    ['bystander', 'order'],
  ],
  id: [
    ['other', 'session'],
    ['bystander', 'session'],
    ['other', 'memberId'],
  ],
  token: [['own', 'orderToken']],
  cursor: [
    ['other', 'orderCursor'],
    ['other', 'sessionCursor'],
    ['other', 'productCursor'],
  ],
  login: [
    ['bystander', 'username'],
    ['bystander', 'email'],
  ],
  'register email': [['bystander', 'takenEmail']],
  'register username': [['bystander', 'username']],
  'changeEmail email': [['bystander', 'takenEmail']],
  'if-match': [['other', 'accountETag']],
  'idempotency-key': [['other', 'idempotencyKey']],
  sku_id: [['other', 'cartSku']],
}

/** Other actors' values for this field, unchanged or with one character changed. */
export const foreignFor = (operation: string, name: string): fc.Arbitrary<string> | undefined => {
  const values = FOREIGN[`${operation} ${name}`] ?? FOREIGN[name]
  if (values === undefined) return undefined
  return (
    fc
      .tuple(fc.constantFrom(...values), fc.nat(50), fc.boolean())
      // A name or an address with another character is a new one, which anybody may take.
      .map(([[scope, what], at, isTampered]) =>
        placeholder(scope, what, at, isTampered && at % 3 === 0 && !/email|username/i.test(what)),
      )
  )
}
