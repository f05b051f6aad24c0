import { AUTUMN_2025, OPENING, type SeedSku } from './shape.ts'

/** One SKU that stands in several products. */
export const giftBox: SeedSku = {
  code: 'GIFT-BOX',
  type: 'accessory',
  description: 'Gift box with ribbon',
  color: 'Sage',
  stock: null,
  prices: [
    [OPENING, 500],
    [AUTUMN_2025, 600],
  ],
  images: [{ file: 'gift-box', caption: 'Recycled card, cotton ribbon' }],
}
