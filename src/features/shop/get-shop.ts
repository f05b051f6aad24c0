import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { absoluteUrl } from '../../shared/absolute-url.ts'
import { textOn } from '../../shared/color.ts'
import { AppError } from '../../shared/errors.ts'
import { LANGUAGES } from '../../shared/languages.ts'
import { selectShopSettings, type ShopSettings } from './queries.ts'
import type { Shop } from './schemas.ts'

/** The shop's public settings, from the database and the configuration. Throws `misconfigured` without a row of settings. */
export async function getShop(ctx: Ctx): Promise<Shop> {
  const [settings] = await runStatement(() => selectShopSettings(ctx.db))
  if (settings === undefined) {
    throw new AppError(
      'misconfigured',
      'The shop has no settings: the table shop_settings is empty (npm run db:seed fills it).',
    )
  }
  return toShop(settings, ctx.env)
}

const toShop = (settings: ShopSettings, { PUBLIC_API_URL, CURRENCY, SHIPPING_COUNTRIES }: Ctx['env']): Shop => ({
  name: settings.name,
  legal_name: settings.legalName,
  imprint_address: settings.imprintAddress.split('\n'),
  logo: settings.logoUrl === null ? null : absoluteUrl(settings.logoUrl, PUBLIC_API_URL),
  colors: {
    accent: settings.accentColor,
    accent_dark: settings.accentColorDark,
    on_accent: textOn(settings.accentColor),
    on_accent_dark: textOn(settings.accentColorDark),
  },
  support_email: settings.supportEmail,
  time_zone: settings.timeZone,
  social_links: settings.socialLinks,
  currency: CURRENCY,
  shipping_countries: SHIPPING_COUNTRIES,
  languages: [...LANGUAGES],
})
