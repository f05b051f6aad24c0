import type { Context } from 'hono'
import type { AppEnv } from '../../../http/app-env.ts'
import { setSessionCookies } from '../../../http/session.ts'
import { ACCESS_TOKEN_SECONDS } from '../../../shared/access-token.ts'
import { toMemberView } from '../member.ts'
import type { SignedIn } from '../session-tokens.ts'

/** The member on the wire, with the tokens where the client wants them: in cookies, or in the body and nowhere else. */
export function toSignedInView(c: Context<AppEnv>, { member, tokens }: SignedIn, delivery: 'cookie' | 'body') {
  if (delivery === 'cookie') {
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
