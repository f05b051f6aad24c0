import type { Store } from '../model/store.ts'
import { invalidParameter } from './errors.ts'

/** Kinds of object that a call can return and that have something to expand. */
type Noun =
  | 'charge'
  | 'checkout.session'
  | 'coupon'
  | 'customer'
  | 'dispute'
  | 'event'
  | 'item'
  | 'payment_intent'
  | 'payment_method'
  | 'price'
  | 'product'
  | 'refund'
  | 'shipping_rate'

/** What a call answers with: one object, or a list of them. */
export type Returns = { noun: Noun; isList: boolean }
export const one = (noun: Noun): Returns => ({ noun, isList: false })
export const listOf = (noun: Noun): Returns => ({ noun, isList: true })

type Json = Record<string, unknown>
type Load = (store: Store, id: string) => unknown

/** A field that holds an id, or (`list`) one that only exists when asked for and holds a list. */
type Edge = { path: string[]; to: Noun; load: Load; list: boolean }

const reference = (path: string, to: Noun, load: Load): Edge => ({ path: path.split('.'), to, load, list: false })
const included = (path: string, to: Noun, load: Load): Edge => ({ path: [path], to, load, list: true })

const customer = reference('customer', 'customer', (store, id) => store.customerOrDeleted(id))
const paymentIntent = reference('payment_intent', 'payment_intent', (store, id) => store.paymentIntents.get(id))
const paymentMethod = reference('payment_method', 'payment_method', (store, id) => store.paymentMethods.get(id))
const charge = (field: string): Edge => reference(field, 'charge', (store, id) => store.charges.get(id))
const shippingRate = (field: string): Edge =>
  reference(field, 'shipping_rate', (store, id) => store.shippingRates.get(id))
const product = (field: string): Edge => reference(field, 'product', (store, id) => store.products.get(id))

const EDGES: Record<Noun, Edge[]> = {
  charge: [
    customer,
    paymentIntent,
    included('refunds', 'refund', (store, id) => sublist(store.refundsOf(id), `/v1/charges/${id}/refunds`)),
  ],
  'checkout.session': [
    customer,
    paymentIntent,
    included('line_items', 'item', (store, id) =>
      sublist(store.sessions.get(id)?.lineItems ?? [], `/v1/checkout/sessions/${id}/line_items`),
    ),
    reference('discounts.coupon', 'coupon', (store, id) => store.coupons.get(id)),
    shippingRate('shipping_cost.shipping_rate'),
    shippingRate('shipping_options.shipping_rate'),
  ],
  coupon: [],
  customer: [],
  dispute: [charge('charge'), paymentIntent],
  event: [],
  item: [product('price.product')],
  payment_intent: [customer, charge('latest_charge'), paymentMethod],
  payment_method: [customer],
  price: [product('product')],
  product: [reference('default_price', 'price', (store, id) => store.prices.get(id))],
  refund: [charge('charge'), paymentIntent, paymentMethod],
  shipping_rate: [],
}

type Expansion = { edges: Edge[]; inList: boolean }

/** Resolves `expand` against what the call returns, before anything happens; throws 400 for what cannot be. */
export function planExpansion(returns: Returns, paths: string[]): Expansion[] {
  const { noun, isList } = returns
  return paths.map((path) => {
    const segments = path.split('.')
    if (segments.length > 4) throw invalidParameter(`You cannot expand more than 4 levels (${path}).`, 'expand')
    if (!isList) return { edges: edgesAlong(noun, segments, path), inList: false }
    if (segments[0] !== 'data') throw notExpandable(path, ` You may want to try expanding 'data.${path}' instead.`)
    return { edges: edgesAlong(noun, segments.slice(1), path), inList: true }
  })
}

function edgesAlong(noun: Noun, segments: string[], path: string): Edge[] {
  if (segments.length === 0) return []
  const edge = EDGES[noun].find((candidate) => candidate.path.every((segment, index) => segment === segments[index]))
  if (!edge) throw notExpandable(path)
  const rest = segments.slice(edge.path.length)
  if (!edge.list) return [edge, ...edgesAlong(edge.to, rest, path)]
  if (rest.length > 0 && rest[0] !== 'data') throw notExpandable(path)
  return [edge, ...edgesAlong(edge.to, rest.slice(1), path)]
}

/** A copy of the answer with its references replaced; the stored objects stay as they are. */
export function expanded(store: Store, answer: unknown, expansions: Expansion[]): unknown {
  const copy: unknown = structuredClone(answer)
  if (!isObject(copy)) return copy
  for (const { edges, inList } of expansions) {
    for (const root of inList ? members(copy) : [copy]) follow(store, root, edges)
  }
  return copy
}

function follow(store: Store, object: Json, edges: Edge[]): void {
  const [edge, ...rest] = edges
  if (!edge) return
  const field = edge.path.at(-1) ?? ''
  for (const holder of holders(object, edge.path.slice(0, -1))) {
    const value = edge.list && !isObject(holder[field]) ? holder['id'] : holder[field]
    if (typeof value === 'string') holder[field] = structuredClone(edge.load(store, value) ?? value)
    const reached = holder[field]
    if (!isObject(reached)) continue
    for (const target of edge.list ? members(reached) : [reached]) follow(store, target, rest)
  }
}

const members = (list: Json): Json[] => (Array.isArray(list['data']) ? list['data'].filter(isObject) : [])

/** The objects at the end of a path, through arrays. */
function holders(object: Json, path: string[]): Json[] {
  const [segment, ...rest] = path
  if (segment === undefined) return [object]
  const next = object[segment]
  const children = Array.isArray(next) ? next : [next]
  return children.filter(isObject).flatMap((child) => holders(child, rest))
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** An included list holds its first ten; the rest is behind its `url`, as with Stripe. */
function sublist(items: unknown[], url: string): unknown {
  return { object: 'list', data: items.slice(0, 10), has_more: items.length > 10, url }
}

const notExpandable = (path: string, hint = '') =>
  invalidParameter(`This property cannot be expanded (${path}).${hint}`, 'expand')
