import type { Ctx } from '../../context.ts'
import { newId } from '../../shared/ids.ts'
import { newOneTimeToken, resetUrl, verifyUrl } from './one-time-token.ts'
import type { TokenEmail, TokenPurpose } from './queries/tokens.ts'
import { tokenExpiry } from './rules.ts'

/** A token of its own and the email that carries it, ready for `insertTokenEmail`. */
export async function newTokenEmail(ctx: Ctx, purpose: TokenPurpose): Promise<TokenEmail> {
  const { id, token, tokenHash } = await newOneTimeToken()
  const { STOREFRONT_URL } = ctx.env
  const now = ctx.now()
  return {
    tokenId: id,
    purpose,
    tokenHash,
    expiresAt: tokenExpiry(purpose, now),
    outboxId: newId(),
    ...(purpose === 'verify_email'
      ? { emCd: 'welcome_verification', link: { name: 'verify_url', url: verifyUrl(STOREFRONT_URL, token) } }
      : { emCd: 'password_reset', link: { name: 'reset_url', url: resetUrl(STOREFRONT_URL, token) } }),
    requestId: ctx.requestId,
    now,
  }
}
