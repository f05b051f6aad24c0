import { createHmac, timingSafeEqual } from 'node:crypto'
import { signingKeys, type SigningSecrets } from '../../shared/signing-keys.ts'

/** The session of a refresh token; `generation` is how often that session had been refreshed when the token was made. */
export type RefreshClaims = { sessionId: string; generation: number }

const FORM = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(0|[1-9]\d{0,8})\.([\w-]{43})$/

const macOf = (key: string, { sessionId, generation }: RefreshClaims): Buffer =>
  createHmac('sha256', key).update(`refresh-token:${sessionId}:${generation}`).digest()

/**
 * The token of a session's generation: `session.generation.mac`, opaque to clients. The same claims always make the same
 * token, so two tabs that refresh at the same moment get the same successor although only its hash is stored.
 */
export function refreshTokenFor(secrets: SigningSecrets, claims: RefreshClaims): string {
  const [key] = signingKeys(secrets, 'refresh-token')
  return `${claims.sessionId}.${claims.generation}.${macOf(key, claims).toString('base64url')}`
}

/** The claims of a token with a valid signature, spent or not; undefined for anything else. */
export function readRefreshToken(secrets: SigningSecrets, token: string): RefreshClaims | undefined {
  const [, sessionId, generation, mac] = FORM.exec(token) ?? []
  if (sessionId === undefined || generation === undefined || mac === undefined) return undefined
  const claims = { sessionId, generation: Number(generation) }
  const given = Buffer.from(mac, 'base64url')
  const isOurs = signingKeys(secrets, 'refresh-token')
    .map((key) => macOf(key, claims))
    .some((expected) => given.length === expected.length && timingSafeEqual(given, expected))
  return isOurs ? claims : undefined
}
