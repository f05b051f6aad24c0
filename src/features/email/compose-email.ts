import type { Ctx } from '../../context.ts'
import type { ShopSettings } from '../shop/queries.ts'
import type { Attempt } from './claim-email.ts'
import { orderVariables } from './order-variables.ts'
import { failureMessage } from './record-email-failure.ts'
import { renderEmail, type RenderedEmail, type TemplateTexts } from './render-email.ts'
import { shopVariables } from './shop-variables.ts'
import { findBuiltInTemplate } from './templates/built-in.ts'

/** Why the template in the database could not be used, as one line. */
export type TemplateFault = { type: 'template_lookup' | 'formatting'; message: string }

/** `email` is null when there is no text that can be sent; otherwise `fault` says why the built-in one is. */
export type ComposedEmail =
  | { email: RenderedEmail; fault: TemplateFault | null }
  | { email: null; fault: TemplateFault }

/**
 * Fills the email's template in. When it is missing or broken, the built-in text of the same code takes its place: an
 * operator's typo must not cost a customer the confirmation.
 */
export async function composeEmail(ctx: Ctx, attempt: Attempt, shop: ShopSettings): Promise<ComposedEmail> {
  const { row, template } = attempt
  if (template === null) {
    return withBuiltIn(ctx, attempt, shop, {
      type: 'template_lookup',
      message: `there is no active template ${row.emCd}`,
    })
  }
  try {
    return { email: await render(ctx, attempt, shop, template), fault: null }
  } catch (error) {
    return withBuiltIn(ctx, attempt, shop, { type: 'formatting', message: failureMessage(error) })
  }
}

async function withBuiltIn(
  ctx: Ctx,
  attempt: Attempt,
  shop: ShopSettings,
  fault: TemplateFault,
): Promise<ComposedEmail> {
  const builtIn = findBuiltInTemplate(attempt.row.emCd)
  if (builtIn === undefined) return { email: null, fault }
  try {
    return { email: await render(ctx, attempt, shop, builtIn), fault }
  } catch {
    // What fails in both texts is not the operator's: an address or a variable of this very email.
    return { email: null, fault }
  }
}

async function render(ctx: Ctx, { row, order }: Attempt, shop: ShopSettings, template: TemplateTexts) {
  const { PUBLIC_API_URL, STOREFRONT_URL } = ctx.env
  const variables = {
    storefront_url: STOREFRONT_URL,
    shop: shopVariables(shop, PUBLIC_API_URL),
    ...(order === null ? {} : await orderVariables(ctx, order, shop.timeZone)),
    ...row.variables,
  }
  const sender = { name: shop.senderName, email: shop.senderAddress }
  return renderEmail(template, { sender, to: row.toAddress, variables })
}
