import type { Ctx } from '../../context.ts'
import { newId } from '../../shared/ids.ts'
import type { TokenEmail } from './queries/token-emails.ts'
import type { TokenPurpose } from './rules.ts'
import { newTokenLink } from './token-link.ts'

/** Which links each kind of email carries. */
const LINKS = {
  verification: ['verify_email', 'disown_email'],
  password_reset: ['reset_password'],
  password_changed: ['reset_password'],
  email_change_requested: ['undo_email_change'],
} as const satisfies Record<TokenEmail['kind'], readonly TokenPurpose[]>

/** Makes an email of this kind with new tokens for its links, for `insertTokenEmail` to write. */
export async function newTokenEmail(ctx: Ctx, kind: TokenEmail['kind']): Promise<TokenEmail> {
  const now = ctx.now()
  const links = await Promise.all(LINKS[kind].map((purpose) => newTokenLink(ctx.env.STOREFRONT_URL, purpose, now)))
  return { kind, links, outboxId: newId(), requestId: ctx.requestId, now }
}
