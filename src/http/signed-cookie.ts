import type { Context } from 'hono'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'
import { signingKeys, type SigningPurpose } from '../shared/signing-keys.ts'
import type { AppEnv } from './app-env.ts'
import { cookieName, isHttps } from './cookie-name.ts'

export type SignedCookie = { name: string; purpose: SigningPurpose; maxAgeSeconds: number }

/** Sets a signed cookie: no script can read it, and nobody can change it unnoticed. */
export async function writeSignedCookie(
  c: Context<AppEnv>,
  { name, purpose, maxAgeSeconds }: SignedCookie,
  value: string,
): Promise<void> {
  const [key] = signingKeys(c.get('ctx').env, purpose)
  await setSignedCookie(c, cookieName(c, name), value, key, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isHttps(c),
    maxAge: maxAgeSeconds,
  })
}

/**
 * Reads a signed cookie; undefined when it is missing or forged. A cookie that was signed with the previous secret is
 * signed again, so that it outlives that secret.
 */
export async function readSignedCookie(c: Context<AppEnv>, cookie: SignedCookie): Promise<string | undefined> {
  const keys = signingKeys(c.get('ctx').env, cookie.purpose)
  for (const [at, key] of keys.entries()) {
    const value = await getSignedCookie(c, key, cookieName(c, cookie.name))
    if (typeof value !== 'string') continue
    if (at > 0) await writeSignedCookie(c, cookie, value)
    return value
  }
  return undefined
}
