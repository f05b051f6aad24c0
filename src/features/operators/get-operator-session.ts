import { requireOperator } from '../../actor.ts'
import type { Ctx } from '../../context.ts'

/** Which operator asks, and what they may do. Throws `not-authenticated`, for tokens too: they have no session. */
export function getOperatorSession({ actor }: Pick<Ctx, 'actor'>) {
  const { operatorId, permissions } = requireOperator(actor)
  return { operator: { id: operatorId }, permissions: [...permissions].toSorted() }
}
