import type { termsVersions } from '../../src/db/schema/operations.ts'
import { stableId } from './stable-id.ts'

type TermsVersion = typeof termsVersions.$inferInsert

const terms = (kind: 'sale' | 'use', version: string, effectiveAt: string, body: string): TermsVersion => ({
  id: stableId(`terms:${kind}:${version}`, effectiveAt),
  kind,
  version,
  effectiveAt: new Date(effectiveAt),
  body,
})

const SALE_2025_01 = `# Terms of sale

1. **The contract.** Your order is an offer; it is accepted when the payment has gone through and we confirm it by email.
2. **Prices.** Prices are those shown at checkout. Shipping is shown apart; tax is shown where it is due.
3. **Delivery.** We ship within three working days unless the product page says otherwise.
4. **Returns.** Within 14 days of arrival, unused, with no need to give a reason. Food and made-to-order pieces are exempt.`

const SALE_2025_09 = `# Terms of sale

1. **The contract.** Your order is an offer; it is accepted when the payment has gone through and we confirm it by email.
2. **Prices.** Prices are those shown at checkout, in US dollars. Shipping is shown apart; tax is shown where it is due.
3. **Delivery.** We ship within three working days. What is back-ordered or made to order ships when it is ready, and its
   page says so.
4. **Returns.** Within 30 days of arrival, unused, with no need to give a reason. We refund the price and the standard
   shipping within 14 days. Food and made-to-order pieces are exempt.
5. **Defects.** Write to us with a picture. We repair, replace or refund, as you choose.

_This is a sample text of a sample shop: have your own written by somebody who knows your law._`

const USE_2025_01 = `# Terms of use

1. **Your account.** Keep your password to yourself, and tell us when somebody else knows it.
2. **Fair use.** Do not try to reach what is not yours, nor to keep others from the shop.
3. **Ending it.** You can delete your account at any time; orders stay in our books without your personal data.

_This is a sample text of a sample shop: have your own written by somebody who knows your law._`

export const termsRows: TermsVersion[] = [
  terms('sale', '2025-01', '2025-01-15T08:00:00Z', SALE_2025_01),
  terms('sale', '2025-09', '2025-09-22T08:00:00Z', SALE_2025_09),
  terms('use', '2025-01', '2025-01-15T08:00:00Z', USE_2025_01),
]
