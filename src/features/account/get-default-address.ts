import { type Ctx, memberIdOf } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { selectDefaultAddress } from './queries/default-address.ts'
import type { DefaultAddress } from './schemas.ts'

/** The caller's default shipping address. Throws `not-found` while there is none. */
export async function getDefaultAddress(ctx: Ctx): Promise<DefaultAddress> {
  const [address] = await runStatementAsCaller(ctx, () => selectDefaultAddress(ctx.db, memberIdOf(ctx.actor)))
  if (address === undefined) throw new AppError('not-found', 'There is no default address.')
  return address
}
