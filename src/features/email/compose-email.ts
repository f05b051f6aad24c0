import type { Ctx } from '../../context.ts'
import { failureMessage } from '../../shared/retry.ts'
import type { ShopSettings } from '../shop/queries.ts'
import type { Attempt } from './claim-email.ts'
import { orderVariables } from './order-variables.ts'
import { renderEmail, type RenderedEmail, type TemplateTexts } from './render-email.ts'
import { shopVariables } from './shop-variables.ts'
import { findBuiltInTemplate } from './templates/built-in.ts'

/** Why the template in the database could not be used; the message is one line. */
export type TemplateFault = { type: 'template_lookup' | 'formatting'; message: string }

/** With `email` null, nothing can be sent. Otherwise a `fault` says why the built-in text is used. */
export type ComposedEmail =
  | { email: RenderedEmail; fault: TemplateFault | null }
  | { email: null; fault: TemplateFault }

/**
 * Renders the email's template. If it is missing or broken, the built-in text with the same code is used, so that an
 * operator's typo does not cost a customer the confirmation.
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
    // If both texts fail, the template is not to blame, but an address or a variable of this email.
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
