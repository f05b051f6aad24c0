import type { Db } from '../../db/client.ts'
import { members } from '../../db/schema/people.ts'
import type { Member } from '../members/member.ts'

export type NewMember = Member & { mbCd: string; passwordHash: string }

/** Raises `members_username_unique`, `members_email_unique`, `members_mb_cd_unique`. Running it again changes nothing. */
export const insertMember = (db: Db, member: NewMember) =>
  db
    .insert(members)
    .values({ ...member, updatedAt: member.createdAt })
    .onConflictDoNothing({ target: members.id })
