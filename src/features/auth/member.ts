/** A member as the owner of the account sees it. */
export type Member = {
  id: string
  username: string
  email: string
  emailVerifiedAt: Date | null
  firstName: string
  lastName: string
  newsletter: boolean
  createdAt: Date
}

/** A member on the wire. */
export const toMemberView = (member: Member) => ({
  id: member.id,
  username: member.username,
  email: member.email,
  email_verified: member.emailVerifiedAt !== null,
  first_name: member.firstName,
  last_name: member.lastName,
  newsletter: member.newsletter,
  created_at: member.createdAt.toISOString(),
})
