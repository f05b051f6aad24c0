import { type SQL, sql } from 'drizzle-orm'

type Redemptions = {
  /** The customer's address. */
  email: SQL
  memberId: SQL
  discountCodeId: SQL
  /** A checkout that does not count; may be null. */
  apartFrom: SQL
}

/** An expression: how often a member has redeemed a code or holds it in a checkout, also under the address alone. */
export const redemptionsBy = ({ email, memberId, discountCodeId, apartFrom }: Redemptions): SQL<number> =>
  sql`redemptions_by(customer_key(${email}), ${memberId}, ${discountCodeId}, ${apartFrom})`
