/** Availability is shown up to this many units, so that competitors cannot read the shop's stock. */
const QUANTITY_SHOWN_MAX = 99

type InventoryState = 'in_stock' | 'back_ordered' | 'out_of_stock'

export type SkuStock = {
  inventoryState: InventoryState
  /** Null when stock is not tracked. */
  onHand: number | null
  reserved: number
  /** Current price in minor units; null when the SKU has none. */
  amount: number | null
}

/** Units that can be bought now, 0 to 99; null when stock is not tracked and any number can be. */
export function availableQuantity({ inventoryState, onHand, reserved, amount }: SkuStock): number | null {
  if (inventoryState === 'out_of_stock' || amount === null) return 0
  if (onHand === null) return null
  return Math.max(0, Math.min(QUANTITY_SHOWN_MAX, onHand - reserved))
}

/** Whether at least one unit can be bought now. */
export const isAvailable = (sku: SkuStock): boolean => availableQuantity(sku) !== 0
