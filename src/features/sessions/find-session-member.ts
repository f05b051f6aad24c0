import { requireShopper } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import type { Member } from '../members/member.ts'
import { toMember } from '../members/queries.ts'
import { selectMemberOfSession } from './queries/session-rows.ts'

/** The member of the caller's session; undefined for a visitor (no round trip) and for a session that has ended. */
export async function findSessionMember(ctx: Ctx): Promise<Member | undefined> {
  const shopper = requireShopper(ctx.actor)
  if (shopper.kind === 'visitor') return undefined
  const { memberId, sessionId } = shopper
  const { rows } = await runStatement(() => selectMemberOfSession(ctx.db, memberId, sessionId, ctx.now()))
  return rows[0] === undefined ? undefined : toMember(rows[0])
}
