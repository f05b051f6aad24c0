import type { ShopSettings } from '../shop/queries.ts'
import { absoluteUrl } from '../../shared/absolute-url.ts'
import type { ShopVariables } from './templates/variables.ts'
import { textOn } from '../../shared/color.ts'

/** The variable `shop` of every template. `logo_url` is null without a logo; postal addresses are lists of lines. */
export function shopVariables(shop: ShopSettings, publicApiUrl: string): ShopVariables {
  return {
    name: shop.name,
    legal_name: shop.legalName,
    address: shop.imprintAddress.split('\n').filter((line) => line.trim() !== ''),
    logo_url: shop.logoUrl === null ? null : absoluteUrl(shop.logoUrl, publicApiUrl),
    support_email: shop.supportEmail,
    social_links: shop.socialLinks.map(({ name, url }) => ({ name, url })),
    accent: shop.accentColor,
    accent_dark: shop.accentColorDark,
    on_accent: textOn(shop.accentColor),
    on_accent_dark: textOn(shop.accentColorDark),
  }
}
