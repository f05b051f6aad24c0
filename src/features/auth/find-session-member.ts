import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import type { Member } from './member.ts'
import { selectMemberOfSession, toMember } from './queries/members.ts'

/** The member of the caller's session; undefined for a visitor, who costs no round trip, and once the session has ended. */
export async function findSessionMember(ctx: Ctx): Promise<Member | undefined> {
  const { memberId, sessionId } = ctx.actor
  if (memberId === null || sessionId === null) return undefined
  const { rows } = await runStatement(() => selectMemberOfSession(ctx.db, memberId, sessionId, ctx.now()))
  return rows[0] === undefined ? undefined : toMember(rows[0])
}
