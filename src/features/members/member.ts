/** A member as the owner of the account sees it. */
export type Member = {
  id: string
  username: string
  email: string
  emailVerifiedAt: Date | null
  /** When the account's owner was first known to read the address: they verified it signed in, or with the password. */
  emailOwnedAt: Date | null
  /** Replaces `email` once somebody follows the link that was sent there. */
  pendingEmail: string | null
  firstName: string
  lastName: string
  newsletter: boolean
  createdAt: Date
}

/** A member as the API answers it. */
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
