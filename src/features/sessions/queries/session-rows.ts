import { and, eq, gt, isNull, lt, ne, sql, desc } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { sessions } from '../../../db/schema/accounts.ts'
import { memberColumns, type MemberRow } from '../../members/queries.ts'

export type NewSession = {
  id: string
  memberId: string
  refreshHash: string
  userAgent: string
  expiresAt: Date
  now: Date
}

/** Running it again with the same id changes nothing. */
export const insertSession = (db: Db, { now, ...session }: NewSession) =>
  db
    .insert(sessions)
    .values({ ...session, rotatedAt: now, createdAt: now, lastSeenAt: now })
    .onConflictDoNothing({ target: sessions.id })

type Rotation = {
  sessionId: string
  /** The generation that the presented token claims. */
  generation: number
  refreshHash: string
  successorHash: string
  now: Date
  graceStart: Date
  expiresAt: Date
}

/**
 * Spends a refresh token in one statement. Answers no row when the session has ended, and `reused` when the token was
 * spent before `graceStart`, which also ends the session. Otherwise the successor is the session's current token, also
 * when a parallel call made it so.
 */
export function rotateSession(db: Db, rotation: Rotation) {
  const now = rotation.now.toISOString()
  const generation = sql`${rotation.generation}::integer`
  const isCurrent = sql`(generation = ${generation} AND refresh_hash = ${rotation.refreshHash})`
  const isGrace = sql`(generation = ${generation} + 1 AND rotated_at > ${rotation.graceStart.toISOString()})`
  return db.execute<MemberRow & { reused: boolean }>(sql`
    WITH rotated AS (
      UPDATE sessions SET
        generation = CASE WHEN ${isCurrent} THEN generation + 1 ELSE generation END,
        refresh_hash = CASE WHEN ${isCurrent} THEN ${rotation.successorHash} ELSE refresh_hash END,
        rotated_at = CASE WHEN ${isCurrent} THEN ${now} ELSE rotated_at END,
        expires_at = CASE WHEN ${isCurrent} THEN ${rotation.expiresAt.toISOString()} ELSE expires_at END,
        ended_at = CASE WHEN NOT ${isCurrent} AND NOT ${isGrace} THEN ${now}::timestamptz END,
        last_seen_at = ${now}
      WHERE id = ${rotation.sessionId} AND ended_at IS NULL AND expires_at > ${now}
      RETURNING member_id, ended_at IS NOT NULL AS reused
    )
    SELECT rotated.reused, ${memberColumns('m')} FROM rotated JOIN members m ON m.id = rotated.member_id`)
}

/** Ends one session; one that has ended keeps its moment. */
export const endSession = (db: Db, sessionId: string, now: Date) =>
  db
    .update(sessions)
    .set({ endedAt: now })
    .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)))

/** Ends the member's live session with this id; answers a row if there was one. */
export const endSessionOf = (db: Db, memberId: string, sessionId: string, now: Date) =>
  db
    .update(sessions)
    .set({ endedAt: now })
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.memberId, memberId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
      ),
    )
    .returning({ id: sessions.id })

/** Ends all sessions of a member, except one if given. */
export const endSessionsOf = (db: Db, memberId: string, now: Date, exceptId?: string | null) =>
  db
    .update(sessions)
    .set({ endedAt: now })
    .where(
      and(
        eq(sessions.memberId, memberId),
        isNull(sessions.endedAt),
        exceptId == null ? undefined : ne(sessions.id, exceptId),
      ),
    )

/** Live sessions, newest first: up to one more than `limit`, which shows that there is a next page. */
export const selectSessions = (db: Db, memberId: string, now: Date, page: { limit: number; beforeId?: string }) =>
  db
    .select({
      id: sessions.id,
      userAgent: sessions.userAgent,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.memberId, memberId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
        page.beforeId === undefined ? undefined : lt(sessions.id, page.beforeId),
      ),
    )
    .orderBy(desc(sessions.id))
    .limit(page.limit + 1)

/** The member of a live session. */
export const selectMemberOfSession = (db: Db, memberId: string, sessionId: string, now: Date) =>
  db.execute<MemberRow>(sql`
    SELECT ${memberColumns('m')} FROM sessions s JOIN members m ON m.id = s.member_id
    WHERE s.id = ${sessionId} AND m.id = ${memberId} AND s.ended_at IS NULL AND s.expires_at > ${now.toISOString()}`)
