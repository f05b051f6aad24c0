import { env } from 'cloudflare:test'
import { signAccessToken } from '../../../src/shared/access-token.ts'
import { readEnv } from '../../../src/env.ts'
import { db, unique } from './shop.ts'

export type TestMember = {
  memberId: string
  sessionId: string
  username: string
  email: string
  bearer: { Authorization: string }
}

/** A member with a live session, written into the database; `bearer` is a header that signs requests in. */
export async function createMember(): Promise<TestMember> {
  const username = unique('member')
  const email = `${username}@example.com`
  const [row] = await db`
    WITH member AS (
      INSERT INTO members (username, email, mb_cd) VALUES (${username}, ${email}, ${unique('MB')}) RETURNING id
    ), session AS (
      INSERT INTO sessions (member_id, refresh_hash, expires_at) SELECT id, ${unique('hash')}, now() + interval '7 days' FROM member RETURNING id
    )
    SELECT member.id AS member_id, session.id AS session_id FROM member, session`
  const claims = { memberId: row!.member_id, sessionId: row!.session_id }
  const { SESSION_KEYS, PUBLIC_API_URL } = readEnv(env)
  const token = await signAccessToken(SESSION_KEYS, PUBLIC_API_URL, claims, new Date())
  return { ...claims, username, email, bearer: { Authorization: `Bearer ${token}` } }
}
