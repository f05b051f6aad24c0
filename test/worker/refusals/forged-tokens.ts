import { env } from 'cloudflare:test'
import { generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { readEnv } from '../../../src/env.ts'
import { signAccessToken } from '../../../src/shared/access-token.ts'
import type { TestMember } from '../support/member.ts'

const { SESSION_KEYS, PUBLIC_API_URL } = readEnv(env)
const [current] = SESSION_KEYS

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

type Change = { header?: Record<string, unknown>; claims?: JWTPayload; key?: Uint8Array | CryptoKey; without?: string }

/** Tokens for this member that are right but for one thing, by what is wrong with them. */
export async function forgedTokens({ memberId, sessionId }: TestMember): Promise<Record<string, string>> {
  const now = Math.floor(Date.now() / 1_000)
  const right = { sub: memberId, sid: sessionId, iss: PUBLIC_API_URL, aud: 'mercat', iat: now, exp: now + 900 }

  function sign({ header = {}, claims = {}, key = current.secret, without }: Change): Promise<string> {
    const payload = Object.fromEntries(Object.entries({ ...right, ...claims }).filter(([name]) => name !== without))
    return new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: current.kid, typ: 'JWT', ...header }).sign(key)
  }

  const valid = await sign({})
  const [head = '', body = '', mac = ''] = valid.split('.')
  const none = (alg: string) => base64({ alg, kid: current.kid, typ: 'JWT' })
  const { privateKey } = await generateKeyPair('RS256')
  const anHourAgo = new Date(Date.now() - 3_600_000)
  return {
    'an expired token': await signAccessToken(SESSION_KEYS, PUBLIC_API_URL, { memberId, sessionId }, anHourAgo),
    'a signature of zeros': `${head}.${body}.${Buffer.alloc(32).toString('base64url')}`,
    'an altered signature': `${head}.${body}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`,
    'a signature of something else': `${head}.${base64({ ...right, exp: now + 9_000 })}.${mac}`,
    'no signature': `${head}.${body}.`,
    'a wrong key': await sign({ key: new TextEncoder().encode('another-secret-that-is-long-enough-for-it') }),
    'an unknown kid': await sign({ header: { kid: 'test-99' } }),
    'another typ': await sign({ header: { typ: 'at+jwt' } }),
    'no typ': await sign({ header: { typ: undefined } }),
    'no kid': await sign({ header: { kid: undefined } }),
    'alg none': `${none('none')}.${body}.`,
    'alg NONE with a signature': `${none('NONE')}.${body}.${mac}`,
    'alg HS512 with our key': await sign({ header: { alg: 'HS512' } }),
    'alg RS256 with a key of its own': await sign({ header: { alg: 'RS256' }, key: privateKey }),
    'a key that it brings itself': await sign({
      header: { jwk: { kty: 'oct', k: 'AAAA' } },
      key: new Uint8Array(32),
    }),
    'an unknown critical header': `${base64({ alg: 'HS256', kid: current.kid, crit: ['x'], x: 1 })}.${body}.${mac}`,
    'a wrong issuer': await sign({ claims: { iss: 'https://evil.test' } }),
    'no issuer': await sign({ without: 'iss' }),
    'a wrong audience': await sign({ claims: { aud: 'another-api' } }),
    'no audience': await sign({ without: 'aud' }),
    'no end': await sign({ without: 'exp' }),
    'a beginning in the future': await sign({ claims: { nbf: now + 600 } }),
    'no member': await sign({ without: 'sub' }),
    'no session': await sign({ without: 'sid' }),
    'a member that is no id': await sign({ claims: { sub: "' OR 1=1 --" } }),
    'another kind of token': head,
    'no token at all': 'x',
  }
}
