import { signatureHeader } from '../../dev/stripe/events/signature.ts'
import { makeNew, sampleOf } from './actor.ts'
import type { Actor } from './actor.ts'
import { asJson, fillIn } from './placeholders.ts'
import type { Lookup, Scope } from './placeholders.ts'
import type { RawRequest } from './raw-request.ts'
import type { Caller, RequestTemplate } from './request-template.ts'

/** All actors, and what the shop shows to everybody. */
export interface Cast {
  actors: Actor[]
  /** Actors who have things and do nothing, so that every change of those was made by somebody else. */
  bystanders: Actor[]
  shop: ReadonlyMap<string, string[]>
  webhookSecret: string
}

const SIGNATURE = /⟦own\.stripeSignature:\d+~?⟧/

/** The request that an actor sends from a template. */
export function buildRequest(cast: Cast, actor: Actor, template: RequestTemplate): RawRequest {
  const lookup = createLookup(cast, actor)
  const body = bodyOf(template, lookup)
  const headers: Record<string, string[]> = {}
  const signed = () => signatureHeader(body?.toString('utf8') ?? '', cast.webhookSecret, Math.floor(Date.now() / 1_000))
  const given = template.headers.map(([name, value]): [string, string] => [
    name,
    SIGNATURE.test(value) ? signed() : fillIn(value, lookup),
  ])
  for (const [name, value] of [...credentialsOf(cast, actor, template.caller), ...given])
    (headers[name] ??= []).push(value)
  const encode = (text: string) => fillIn(text, lookup, encodeURIComponent)
  const query = template.query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return {
    method: template.method,
    target: query === '' ? encode(template.path) : `${encode(template.path)}?${query}`,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? '')]),
    ),
    ...(body === undefined ? {} : { body: Uint8Array.from(body) }),
    isChunked: template.isChunked,
  }
}

/** Resolves placeholders. Within one request the same placeholder has the same value. */
function createLookup(cast: Cast, actor: Actor): Lookup {
  const fresh = new Map<string, string>()
  const find = (scope: Scope, name: string, at: number): string | undefined => {
    const others = [...cast.bystanders, ...cast.actors.filter((each) => each !== actor)]
    switch (scope) {
      case 'own':
        return actor.find(name, at)
      case 'shop':
        return cast.shop.get(name)?.[at % Math.max(1, cast.shop.get(name)?.length ?? 1)]
      case 'bystander':
        return pickOf(cast.bystanders, name, at)
      case 'other':
        return pickOf(others, name, at)
      case 'new': {
        const made = fresh.get(name) ?? makeNew(actor, name)
        fresh.set(name, made)
        if (name === 'idempotencyKey') actor.add(name, made)
        return made
      }
      default:
        return undefined
    }
  }
  return (scope, name, at) => find(scope, name, at) ?? sampleOf(name)
}

/** A value of one of the actors who have some of this kind. */
function pickOf(actors: readonly Actor[], name: string, at: number): string | undefined {
  const having = actors.filter((actor) => actor.find(name, at) !== undefined)
  return having[at % Math.max(1, having.length)]?.find(name, at)
}

function bodyOf({ body }: RequestTemplate, lookup: Lookup): Buffer | undefined {
  if (body === null) return undefined
  return 'text' in body ? Buffer.from(fillIn(body.text, lookup, asJson), 'utf8') : Buffer.from(body.base64, 'base64')
}

const spoilt = (value: string): string => `${value.slice(0, -2)}${value.endsWith('A') ? 'B' : 'A'}${value.slice(-1)}`

function credentialsOf(cast: Cast, actor: Actor, caller: Caller): [string, string][] {
  const cookie = (pairs: Iterable<[string, string]>): [string, string] => [
    'cookie',
    Array.from(pairs, (pair) => pair.join('=')).join('; '),
  ]
  const csrf: [string, string] = ['x-csrf-token', actor.csrf]
  const other = cast.actors.find((each) => each !== actor && each.csrf !== '') ?? cast.bystanders[0]
  switch (caller) {
    case 'bearer':
      if (actor.accessToken !== '') return [['authorization', `Bearer ${actor.accessToken}`]]
      return [cookie(actor.cookies), csrf]
    case 'tampered-bearer':
      return [['authorization', `Bearer ${spoilt(actor.accessToken)}`]]
    case 'nobody':
      return []
    case 'without-csrf':
      return [cookie(actor.cookies)]
    case 'csrf-of-another':
      return [cookie(actor.cookies), ['x-csrf-token', other?.csrf ?? '']]
    case 'tampered-cookies':
      return [cookie([...actor.cookies].map(([name, value]): [string, string] => [name, spoilt(value)])), csrf]
    case 'doubled-cookies':
      return [
        cookie([['mercat_visitor', 'x.y'], ['mercat_access', 'x.y.z'], ...actor.cookies, ['csrf_token', 'x']]),
        csrf,
      ]
    case 'visitor-only':
      return [cookie([...actor.cookies].filter(([name]) => !/access|refresh/.test(name))), csrf]
    case 'own':
      return [cookie(actor.cookies), csrf]
  }
}
