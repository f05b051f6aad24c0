import type { Ctx } from '../../context.ts'
import type { Env } from '../../env.ts'
import { BUILT_IN_TEMPLATES } from '../email/templates/built-in.ts'
import { type SaleReadinessRow, selectSaleReadiness } from './queries.ts'

/** What the database must hold for a sale, each with the message for when it is missing. */
const SALE_CHECKS = {
  initial_order_status: (_, { INITIAL_ORDER_STATUS }) =>
    `order_status_types has no ${INITIAL_ORDER_STATUS}, which INITIAL_ORDER_STATUS names: every order would fail.`,
  shipping_method: (_, { CURRENCY }) => `No shipping method is active in ${CURRENCY}: nothing can be checked out.`,
  prices: (_, { CURRENCY }) => `No active product has a price in ${CURRENCY} that holds today: nothing can be sold.`,
  sender: () => 'shop_settings has no row: emails have no sender and wait.',
  terms_of_sale: () => 'No version of the terms of sale is in force: nothing can be checked out.',
  email_templates: ({ missing_templates }) =>
    `email_templates has no active ${missing_templates.join(', ')}: the built-in text is sent.`,
} satisfies Record<string, (row: SaleReadinessRow, env: Env) => string>

export type SaleCheck = keyof typeof SALE_CHECKS

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a literal
export const SALE_CHECK_NAMES = Object.keys(SALE_CHECKS) as [SaleCheck, ...SaleCheck[]]

export type ReadinessProblem = { check: SaleCheck; message: string }

/** What is missing for a sale, in one statement; empty when the shop can sell. Rejects when the database does not answer. */
export async function checkSaleReadiness(ctx: Ctx): Promise<ReadinessProblem[]> {
  const { rows } = await selectSaleReadiness(ctx.db, {
    initialStatus: ctx.env.INITIAL_ORDER_STATUS,
    currency: ctx.env.CURRENCY,
    emCds: BUILT_IN_TEMPLATES.map(({ emCd }) => emCd),
    now: ctx.now(),
  })
  const [row] = rows
  if (row === undefined) throw new Error('the readiness of the shop was not answered')
  const isMissing = (check: SaleCheck) => (check === 'email_templates' ? row.missing_templates.length > 0 : !row[check])
  return SALE_CHECK_NAMES.filter(isMissing).map((check) => ({ check, message: SALE_CHECKS[check](row, ctx.env) }))
}
