import { type SQL, sql } from 'drizzle-orm'

type Redemptions = {
  /** The customer's email address. */
  email: SQL
  memberId: SQL
  discountCodeId: SQL
  /** A checkout that is not counted; may be null. */
  apartFrom: SQL
}

/** An expression: how often a member has redeemed a code or reserved it in a checkout, also as a guest with their address. */
export const redemptionsBy = ({ email, memberId, discountCodeId, apartFrom }: Redemptions): SQL<number> =>
  sql`redemptions_by(customer_key(${email}), ${memberId}, ${discountCodeId}, ${apartFrom})`
