import type { Db } from '../../db/client.ts'
import { shopSettings } from '../../db/schema/shop.ts'

/** The shop's settings: name, imprint, colours, addresses. */
export type ShopSettings = typeof shopSettings.$inferSelect

/** The one row of settings; none before the shop is set up. */
export const selectShopSettings = (db: Db) => db.select().from(shopSettings)
