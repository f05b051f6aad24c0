import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'

/** Signing keys with their ids. The first signs and all verify, so that a key can be replaced while its tokens are valid. */
export type SessionKeys = readonly [SessionKey, ...SessionKey[]]

export type SessionKey = { kid: string; secret: Uint8Array }

export type AccessClaims = { memberId: string; sessionId: string }

export const ACCESS_TOKEN_SECONDS = 15 * 60

const ALGORITHM = 'HS256'
const TYPE = 'JWT'
const AUDIENCE = 'mercat'
/** Allows for small differences between the clocks of two isolates. */
const CLOCK_TOLERANCE_SECONDS = 5

const payloadSchema = z.object({ sub: z.uuid(), sid: z.uuid() })

/** Signs a JWT that is valid for fifteen minutes from `now`. `issuer` is the API's public URL. */
export function signAccessToken(
  keys: SessionKeys,
  issuer: string,
  { memberId, sessionId }: AccessClaims,
  now: Date,
): Promise<string> {
  const [{ kid, secret }] = keys
  const issuedAt = Math.floor(now.getTime() / 1_000)
  return new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ: TYPE })
    .setSubject(memberId)
    .setIssuer(issuer)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
    .sign(secret)
}

/**
 * The claims of a token that one of our keys signed for this issuer and that has not expired; undefined for anything else.
 * The algorithm is fixed; the token's header only chooses the key, by `kid`.
 */
export async function verifyAccessToken(
  keys: SessionKeys,
  issuer: string,
  token: string,
  now: Date,
): Promise<AccessClaims | undefined> {
  try {
    const { kid } = decodeProtectedHeader(token)
    const key = keys.find((candidate) => candidate.kid === kid)
    if (key === undefined) return undefined
    const { payload } = await jwtVerify(token, key.secret, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer,
      audience: AUDIENCE,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims: ['exp', 'iat', 'sub'],
    })
    const claims = payloadSchema.safeParse(payload)
    return claims.success ? { memberId: claims.data.sub, sessionId: claims.data.sid } : undefined
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
    throw error
  }
}
