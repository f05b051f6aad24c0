import type { Db } from '../../db/client.ts'
import { shopSettings } from '../../db/schema/shop.ts'

/** What the shop says about itself. */
export type ShopSettings = typeof shopSettings.$inferSelect

/** The one row of the settings; none in a shop that nobody has set up. */
export const selectShopSettings = (db: Db) => db.select().from(shopSettings)
