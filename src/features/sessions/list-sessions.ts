import { z } from 'zod'
import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { decodeCursor, toPage } from '../../shared/pagination.ts'
import { deviceName } from './device-name.ts'
import { selectSessions } from './queries/session-rows.ts'

const cursorSchema = z.uuid()

/** The caller's live sessions, newest first. Throws `invalid-cursor`, `session-ended`. */
export async function listSessions(ctx: Ctx, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  const { memberId, sessionId } = requireMember(ctx.actor)
  const page = { limit, ...(cursor === undefined ? {} : { beforeId: decodeCursor(cursor, cursorSchema) }) }
  const rows = await runStatementAsCaller(ctx, () => selectSessions(ctx.db, memberId, ctx.now(), page))
  return toPage(
    rows,
    limit,
    (row) => ({
      id: row.id,
      device: deviceName(row.userAgent),
      created_at: row.createdAt.toISOString(),
      last_seen_at: row.lastSeenAt.toISOString(),
      expires_at: row.expiresAt.toISOString(),
      current: row.id === sessionId,
    }),
    (row) => row.id,
  )
}
