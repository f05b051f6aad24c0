import type { Actor } from './actor.ts'
import { buildRequest } from './build-request.ts'
import type { Cast } from './build-request.ts'
import { checkAnswer, pathnameOf } from './check-answer.ts'
import type { Broken, Checks } from './check-answer.ts'
import type { Operation } from './document.ts'
import { jsonIn, recordAnswer } from './record-answer.ts'
import type { Ownership } from './ownership.ts'
import { sendRaw } from './raw-request.ts'
import type { RawAnswer, RawRequest } from './raw-request.ts'
import type { Caller, RequestTemplate } from './request-template.ts'

export interface Exchanged {
  request: RawRequest
  answer: RawAnswer
  /** The operation that the request reached: a strange path or method may reach another one, or none. */
  operation: Operation | undefined
  broken: Broken[]
}

export interface World {
  api: string
  cast: Cast
  ownership: Ownership
  checks: Checks
  match: (method: string, pathname: string) => Operation | undefined
  /** Called after every exchange. */
  observe: (template: RequestTemplate, exchanged: Exchanged) => void
}

/** Sends a request for an actor, checks the answer against every rule, and records what it tells the actor. */
export async function exchange(world: World, actor: Actor, template: RequestTemplate): Promise<Exchanged> {
  const request = buildRequest(world.cast, actor, template)
  const answer = await sendRaw(world.api, request)
  const pathname = pathnameOf(request.target) ?? ''
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const operation = world.match(method, pathname)
  const sent = sentText(request)
  const broken = [
    ...checkAnswer(world.checks, operation, request, answer),
    ...world.ownership.check(actor.mark, sent, answer),
    ...recordAnswer(world.ownership, actor, { ...template, operation: operation?.id ?? '' }, request, answer),
    ...(method === 'OPTIONS' ? [] : checkAccess(world.ownership, actor.mark, pathname, answer)),
    ...checkAgreement(world.checks, template, operation, request, answer),
  ]
  const exchanged = { request, answer, operation, broken }
  world.observe(template, exchanged)
  return exchanged
}

/** Everything that a request names, also decoded. An answer that repeats it leaks nothing. Credentials are left out. */
function sentText({ target, headers, body }: RawRequest): string {
  const named = Object.entries(headers).filter(([name]) => !/^(cookie|authorization|x-csrf-token)$/.test(name))
  const text = `${target}\n${named.map(([, value]) => value).join('\n')}\n${Buffer.from(body ?? []).toString('utf8')}`
  return `${text}\n${target.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))}`
}

/** A path that names something of somebody else must be refused. */
function checkAccess(ownership: Ownership, reader: string, pathname: string, { status }: RawAnswer): Broken[] {
  const owners = pathname.split('/').map((part) => ownership.ownerOf(part))
  const owner = owners.find((each) => each !== undefined && each !== reader)
  if (owner === undefined || status >= 300) return []
  return [{ rule: 'nobody gets at what is another’s', what: `${status} to ${reader} for ${pathname} of ${owner}` }]
}

/** The document and the API must accept the same bodies. */
function checkAgreement(
  { schemas }: Checks,
  { kind, operation: meant }: RequestTemplate,
  operation: Operation | undefined,
  { body }: RawRequest,
  { status, text }: RawAnswer,
): Broken[] {
  if (kind === 'hostile' || operation?.id !== meant || operation.body === undefined || body === undefined) return []
  const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
  const isBody = schemas.isBody(operation, value)
  if (!isBody && status < 300)
    return [
      { rule: 'no body is taken that the document forbids', what: `${meant} · ${JSON.stringify(value).slice(0, 300)}` },
    ]
  const names = Object.keys(Object(value))
  const errors = jsonIn(text)['errors']
  const refused = Array.isArray(errors) ? errors.map((error: { field?: unknown }) => String(error.field)) : []
  const isRefused = jsonIn(text)['code'] === 'validation-failed' && refused.some((field) => names.includes(field))
  return isBody && isRefused
    ? [
        {
          rule: 'no body is refused that the document allows',
          what: `${refused.join()} · ${JSON.stringify(value).slice(0, 200)} ${text.slice(0, 300)}`,
        },
      ]
    : []
}

/** A template without generated parts, for the steps that lead up to a generated request. */
export const plain = (operation: Operation, body?: unknown, caller: Caller = 'own'): RequestTemplate => ({
  operation: operation.id,
  kind: 'valid',
  caller,
  method: operation.method,
  path: operation.path,
  query: [],
  headers: body === undefined ? [] : [['content-type', 'application/json']],
  body: body === undefined ? null : { text: JSON.stringify(body) },
  isChunked: false,
})
