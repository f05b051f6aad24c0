import { AUTUMN_2025, OPENING, type SeedSku } from './shape.ts'

/** One SKU that stands in several products: a mug and a candle in a box. */
export const giftSet: SeedSku = {
  code: 'GIFT-SET',
  type: 'set',
  description: 'Gift set: chalk mug and small candle in a box with ribbon',
  stock: 24,
  prices: [
    [OPENING, 3900],
    [AUTUMN_2025, 4200],
  ],
  images: [{ file: 'gift-box', caption: 'Recycled card, cotton ribbon' }],
}
