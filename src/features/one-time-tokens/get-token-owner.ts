import { requireShopper } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runStatement } from '../../db/transaction.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { AppError } from '../../shared/errors.ts'
import type { Member } from '../members/member.ts'
import { toMember } from '../members/queries.ts'
import { selectOwnerOfToken } from './queries/tokens.ts'
import type { TokenPurpose } from './rules.ts'

const invalidToken = () =>
  new AppError(
    'invalid-token',
    'This link is not valid: it has been used, has expired, or was replaced by a newer one.',
  )

export type TokenOwner = {
  token: { id: string; purpose: TokenPurpose }
  member: Member
  /** The address that the link went to. */
  sentTo: string
  /** Whether `sentTo` is the member's pending address. */
  isPending: boolean
  /** Whether the request carries a live session of this member. */
  isCaller: boolean
}

/** The member that a token belongs to; the token is not used up. Throws `invalid-token`. */
export async function getTokenOwner(ctx: Ctx, purpose: TokenPurpose, token: string): Promise<TokenOwner> {
  const shopper = requireShopper(ctx.actor)
  const sessionId = shopper.kind === 'member' ? shopper.sessionId : null
  const asked = { tokenHash: await sha256Hex(token), sessionId, now: ctx.now() }
  const { rows } = await runStatement(() => selectOwnerOfToken(ctx.db, purpose, asked))
  const row = rows[0]
  if (row === undefined) throw invalidToken()
  return {
    token: { id: row.token_id, purpose },
    member: toMember(row),
    sentTo: row.sent_to,
    isPending: row.is_pending,
    isCaller: row.is_caller,
  }
}

/** Throws `invalid-token` when the token was used between `getTokenOwner` and the batch. */
export async function refusingSpentToken<T>(batch: Promise<T>): Promise<T> {
  try {
    return await batch
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'token_usable') throw invalidToken()
    throw error
  }
}
