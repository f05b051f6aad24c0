import fc from 'fast-check'
import { resolve } from './document.ts'
import type { ApiDocument, Operation, Schema } from './document.ts'
import { edgesOf } from './from-schema.ts'
import { foreignFor } from './hints.ts'
import * as hostile from './hostile-values.ts'
import { placeholder } from './placeholders.ts'

/** `foreign`: valid, except that it names things of somebody else. */
export type Kind = 'valid' | 'foreign' | 'edge' | 'hostile'
/** Text, or bytes in Base64. */
export type Body = { text: string } | { base64: string } | null
/** Valid values for a field or parameter. */
export type Valid = (name: string, schema: Schema) => fc.Arbitrary<unknown>

export const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** Bodies of one kind for an operation; null for none. */
export function bodyOf(document: ApiDocument, operation: Operation, kind: Kind, valid: Valid): fc.Arbitrary<Body> {
  const text = (value: unknown): Body => ({ text: JSON.stringify(value) })
  if (operation.id === 'handleEvent')
    return kind === 'hostile' ? weighted([2, signedEvents], [2, anyBody(fc.constant({}))]) : signedEvents
  if (operation.body === undefined) {
    if (operation.id === 'unsubscribe')
      return fc.constantFrom<Body>(null, { text: 'List-Unsubscribe=One-Click' }, { text: 'from_page=1' })
    return kind === 'hostile'
      ? weighted<Body>([8, fc.constant(null)], [2, anyBody(hostile.anything)])
      : fc.constant(null)
  }
  const { properties = {}, required = [] } = resolve(document, operation.body)
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valid(name, schema)]))
  const right = fc.record(fields, { requiredKeys: required })
  if (kind === 'valid' || kind === 'foreign') return right.map(text)
  const changes = Object.entries(properties).flatMap(([name, schema]) => [
    { name, isLeftOut: true, value: undefined },
    ...edgesOf(document, schema).map((value) => ({ name, isLeftOut: false, value })),
  ])
  const extra = { name: 'unknown_field', isLeftOut: false, value: 1 }
  const edge = fc
    .tuple(right, fc.array(fc.constantFrom(...changes, extra), { minLength: 1, maxLength: 2 }))
    .map(([whole, some]) => {
      const body: Record<string, unknown> = { ...whole }
      for (const { name, isLeftOut, value } of some) {
        if (isLeftOut) delete body[name]
        else body[name] = value
      }
      return body
    })
  if (kind === 'edge') return edge.map(text)
  const mixed = fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => {
        const foreign = foreignFor(operation.id, name) ?? hostile.anything
        return [name, weighted<unknown>([4, value], [2, hostile.anything], [1, foreign])]
      }),
    ),
    { requiredKeys: [] },
  )
  const extended = fc
    .tuple(mixed, fc.dictionary(hostile.text, hostile.anything, { maxKeys: 2 }))
    .map((parts) => Object.assign({}, ...parts))
  return weighted<Body>(
    [5, mixed.map(text)],
    [2, extended.map(text)],
    [1, edge.map(text)],
    [2, anyBody(weighted<unknown>([3, right], [1, hostile.anything]))],
  )
}

/** Broken, repeated or missing bodies, and bodies of another type. */
function anyBody(value: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  const json = value.map((whole) => JSON.stringify(whole))
  const broken = fc.tuple(json, fc.nat(200)).map(([whole, at]): Body => ({ text: whole.slice(0, at) }))
  const doubled = fc.tuple(json, json).map(([first, second]): Body => ({
    text:
      first.startsWith('{') && first.length > 2 && second.startsWith('{')
        ? `${first.slice(0, -1)},${second.slice(1)}`
        : second,
  }))
  const bytes = fc.uint8Array({ maxLength: 60 }).map((some): Body => ({ base64: Buffer.from(some).toString('base64') }))
  const other = json.map((whole): Body => ({ base64: Buffer.from(whole, 'utf16le').toString('base64') }))
  const whole = json.map((each): Body => ({ text: each }))
  const none = hostile.noJson.map((each): Body => ({ text: each }))
  return weighted<Body>(
    [2, whole],
    [2, broken],
    [2, doubled],
    [1, bytes],
    [1, other],
    [2, none],
    [1, fc.constant(null)],
  )
}

const EVENT_TYPES = ['completed', 'expired', 'async_payment_succeeded', 'async_payment_failed'].map(
  (end) => `checkout.session.${end}`,
)

/** Events of Stripe's form about the caller's own payment page, or of kinds that mean nothing to a shop. */
const signedEvents: fc.Arbitrary<Body> = fc
  .record({
    type: fc.constantFrom(...EVENT_TYPES, 'customer.created', 'price.updated'),
    at: fc.nat(50),
    created: fc.nat(2 ** 31 - 1),
  })
  .map(({ type, at, created }) => ({
    text: JSON.stringify({
      id: placeholder('new', 'eventId', at),
      type,
      created,
      data: { object: { id: placeholder('own', 'checkoutSession', at) } },
    }),
  }))
