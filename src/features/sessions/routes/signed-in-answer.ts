import type { Context } from 'hono'
import type { AppEnv } from '../../../http/app-env.ts'
import { rememberDevice } from '../../../http/device.ts'
import { setSessionCookies } from '../../../http/session.ts'
import { ACCESS_TOKEN_SECONDS } from '../../../shared/access-token.ts'
import { toMemberView } from '../../members/member.ts'
import { storableUserAgent } from '../rules.ts'
import type { SignedIn } from '../session-tokens.ts'
import type { SignInClient } from '../sign-in-client.ts'

/** The program that a request to sign in comes from. */
export const clientOf = (c: Context<AppEnv>, delivery: 'cookie' | 'body'): SignInClient => ({
  userAgent: storableUserAgent(c.req.header('User-Agent')),
  isBrowser: delivery === 'cookie',
})

/** The body of the answer: the member, and the tokens unless they go into cookies, which this sets. */
export async function toSignedInView(
  c: Context<AppEnv>,
  { member, tokens, deviceId }: SignedIn,
  delivery: 'cookie' | 'body',
) {
  if (delivery === 'cookie') {
    if (deviceId !== null) await rememberDevice(c, deviceId)
    setSessionCookies(c, tokens)
    return toMemberView(member)
  }
  return {
    ...toMemberView(member),
    tokens: {
      token_type: 'Bearer' as const,
      access_token: tokens.accessToken,
      expires_in: ACCESS_TOKEN_SECONDS,
      refresh_token: tokens.refreshToken,
    },
  }
}
