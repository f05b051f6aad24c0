import { requireOperator } from '../../actor.ts'
import type { Ctx } from '../../context.ts'

/** The operator who asks, and what they may do. Throws `not-authenticated`, also for API tokens: they have no session. */
export function getOperatorSession({ actor }: Pick<Ctx, 'actor'>) {
  const { operatorId, permissions } = requireOperator(actor)
  return { operator: { id: operatorId }, permissions: [...permissions].toSorted() }
}
