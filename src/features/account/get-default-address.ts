import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { selectDefaultAddress } from './queries/default-address.ts'
import type { DefaultAddress } from './schemas.ts'

/** The caller's default shipping address. Throws `not-found` while there is none. */
export async function getDefaultAddress(ctx: Ctx): Promise<DefaultAddress> {
  const { memberId } = requireMember(ctx.actor)
  const [address] = await runStatementAsCaller(ctx, () => selectDefaultAddress(ctx.db, memberId))
  if (address === undefined) throw new AppError('not-found', 'There is no default address.')
  return address
}
