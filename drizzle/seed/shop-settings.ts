import type { shopSettings } from '../../src/db/schema/shop.ts'

/** The sample shop. Made to be edited: seeding again leaves it as it is. */
export const shopSettingsRow: typeof shopSettings.$inferInsert = {
  name: 'Casa Olivar',
  legalName: 'Casa Olivar Home Goods LLC',
  imprintAddress: '12 Harbor Lane\nPortland, ME 04101\nUnited States',
  logoUrl: '/images/shop/logo.png',
  accentColor: '#4b6b3c',
  accentColorDark: '#b4cf9f',
  supportEmail: 'hello@example.com',
  senderName: 'Casa Olivar',
  senderAddress: 'hello@example.com',
  timeZone: 'America/New_York',
  socialLinks: [
    { name: 'Instagram', url: 'https://www.instagram.com/example' },
    { name: 'Pinterest', url: 'https://www.pinterest.com/example' },
  ],
}
