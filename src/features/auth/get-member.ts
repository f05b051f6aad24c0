import type { Ctx } from '../../context.ts'
import { AppError } from '../../shared/errors.ts'

/** The member who asks, by an access token. Throws `not-authenticated`. */
export function getMember({ actor: { memberId, sessionId } }: Ctx): { memberId: string; sessionId: string } {
  if (memberId === null || sessionId === null) throw new AppError('not-authenticated', 'Sign in first.')
  return { memberId, sessionId }
}
