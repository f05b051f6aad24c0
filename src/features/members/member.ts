/** A member as the owner of the account sees it. */
export type Member = {
  id: string
  username: string
  email: string
  emailVerifiedAt: Date | null
  /** When it was shown that whoever reads the address also owns the account. */
  emailOwnedAt: Date | null
  /** Takes over once its link is followed. */
  pendingEmail: string | null
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
  email_owned: member.emailOwnedAt !== null,
  pending_email: member.pendingEmail,
  first_name: member.firstName,
  last_name: member.lastName,
  newsletter: member.newsletter,
  created_at: member.createdAt.toISOString(),
})
