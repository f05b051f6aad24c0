import { invalidParameter } from './errors.ts'

/** Decoded form parameters: every leaf is a string, as it was on the wire. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue }
export type FormObject = { [key: string]: FormValue }

type Node = string | Map<string, Node>

/**
 * Decodes `a[b][0][c]=v` and `a[]=v` into objects and arrays.
 * Throws a 400 StripeError when a name is both a value and an object, or brackets do not match.
 */
export function decodeForm(encoded: string): FormObject {
  const root = new Map<string, Node>()
  for (const [name, value] of new URLSearchParams(encoded)) {
    insert(root, segmentsOf(name), value, name)
  }
  return toObject(root)
}

function segmentsOf(name: string): string[] {
  const open = name.indexOf('[')
  if (open < 0) return [name]
  const head = name.slice(0, open)
  const tail = name.slice(open)
  if (head === '' || !/^(\[[^[\]]*\])+$/.test(tail)) throw invalidParameter(`Invalid parameter name: ${name}`, name)
  return [head, ...tail.slice(1, -1).split('][')]
}

function insert(root: Map<string, Node>, segments: string[], value: string, name: string): void {
  let node = root
  for (const [depth, segment] of segments.entries()) {
    // `a[]` appends; within one name it never refers back to an earlier element.
    if (segment === '') appended.add(node)
    const key = segment === '' ? `${node.size}` : segment
    if (depth === segments.length - 1) {
      if (node.get(key) instanceof Map) throw invalidParameter('Invalid string', name)
      node.set(key, value)
      return
    }
    const child = node.get(key)
    if (typeof child === 'string') throw invalidParameter('Invalid object', name)
    const next = child ?? new Map<string, Node>()
    node.set(key, next)
    node = next
  }
}

/** Lists whose names had their places in them, `a[0]`; a map with the keys 0, 1, … is sent in the same way. */
const withPlaces = new WeakSet<FormValue[]>()

/** Whether a list may as well be a map with the keys 0, 1, …; `a[]` cannot. */
export const mayBeMap = (list: FormValue[]): boolean => withPlaces.has(list)

const appended = new WeakSet<Map<string, Node>>()

const toObject = (node: Map<string, Node>): FormObject =>
  Object.fromEntries([...node].map(([key, child]) => [key, toValue(child)]))

function toValue(node: Node): FormValue {
  if (typeof node === 'string') return node
  const isArray = node.size > 0 && Array.from(node, (_, index) => node.has(`${index}`)).every(Boolean)
  if (!isArray) return toObject(node)
  const list = [...node].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, child]) => toValue(child))
  if (!appended.has(node)) withPlaces.add(list)
  return list
}

/** `['line_items', 0, 'price']` → `line_items[0][price]`, the way Stripe names a parameter in an error. */
export const parameterName = (path: readonly PropertyKey[]): string =>
  path.map((segment, depth) => (depth === 0 ? String(segment) : `[${String(segment)}]`)).join('')
