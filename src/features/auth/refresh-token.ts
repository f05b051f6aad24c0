import { createHmac, timingSafeEqual } from 'node:crypto'

/** Which session a refresh token belongs to, and how often that session had been refreshed when it was made. */
export type RefreshClaims = { sessionId: string; generation: number }

const FORM = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(0|[1-9]\d{0,8})\.([\w-]{43})$/

const macOf = (secret: string, { sessionId, generation }: RefreshClaims): Buffer =>
  createHmac('sha256', secret).update(`refresh-token:${sessionId}:${generation}`).digest()

/**
 * The token of a generation: `session.generation.mac`, opaque to clients. It is a function of its claims, so that two
 * tabs that refresh at the same moment are given the same successor without its being stored anywhere.
 */
export const refreshTokenFor = (secret: string, claims: RefreshClaims): string =>
  `${claims.sessionId}.${claims.generation}.${macOf(secret, claims).toString('base64url')}`

/** The claims of a token that we made, spent or not; undefined for anything else. */
export function readRefreshToken(secret: string, token: string): RefreshClaims | undefined {
  const [, sessionId, generation, mac] = FORM.exec(token) ?? []
  if (sessionId === undefined || generation === undefined || mac === undefined) return undefined
  const claims = { sessionId, generation: Number(generation) }
  const given = Buffer.from(mac, 'base64url')
  const expected = macOf(secret, claims)
  return given.length === expected.length && timingSafeEqual(given, expected) ? claims : undefined
}
