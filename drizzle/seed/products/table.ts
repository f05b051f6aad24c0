import { giftSet } from './gift-set.ts'
import { AUTUMN_2025, NEW_YEAR_2030, OPENING, SPRING_2025, type SeedProduct } from './shape.ts'

/** What stands on the table. */
export const tableProducts: SeedProduct[] = [
  {
    identifier: 'MK-MUG-001',
    slug: 'stoneware-mug',
    title: 'Stoneware Mug',
    headline: 'Thrown by hand, dipped once, good for a lifetime of coffee',
    madeAt: '2025-01-15T09:10:00Z',
    description: [
      `Each mug starts as **420 grams of speckled clay** on the wheel of a two-person studio by the harbour. The glaze
stops short of the foot, so that you hold bare, warm stoneware and drink from a smooth rim.

No two are quite alike. That is the point.`,
      `## Good to know

- Holds 350 ml, with room to stir
- Safe in the dishwasher and the microwave
- Fired at 1,240 °C: it does not mind the freezer either

The **gift set** pairs a chalk mug with a small beeswax candle, in a box that closes with a cotton ribbon.`,
    ],
    images: [
      { file: 'stoneware-mug-chalk', caption: 'In chalk, our best seller' },
      { file: 'stoneware-mug-sea', caption: 'In sea' },
      { file: 'stoneware-mug-terracotta', caption: 'In terracotta' },
    ],
    skus: [
      {
        code: 'MUG-CHALK',
        description: 'Stoneware mug, chalk',
        color: 'Chalk',
        size: '350 ml',
        stock: 140,
        prices: [
          [OPENING, 2200],
          [AUTUMN_2025, 2400],
          [NEW_YEAR_2030, 2900],
        ],
        images: [{ file: 'stoneware-mug-chalk', caption: 'Chalk' }],
      },
      {
        code: 'MUG-SEA',
        description: 'Stoneware mug, sea',
        color: 'Sea',
        size: '350 ml',
        stock: 85,
        prices: [
          [OPENING, 2200],
          [AUTUMN_2025, 2400],
        ],
        images: [{ file: 'stoneware-mug-sea', caption: 'Sea' }],
      },
      {
        code: 'MUG-TERRACOTTA',
        description: 'Stoneware mug, terracotta',
        color: 'Terracotta',
        size: '350 ml',
        stock: 4,
        prices: [
          [SPRING_2025, 2200],
          [AUTUMN_2025, 2600],
        ],
        images: [{ file: 'stoneware-mug-terracotta', caption: 'Terracotta' }],
      },
      giftSet,
    ],
  },
  {
    identifier: 'MK-BRD-002',
    slug: 'olive-wood-board',
    title: 'Olive-Wood Board',
    headline: 'One plank from one old tree, for bread and everything after',
    madeAt: '2025-01-15T09:20:00Z',
    description: [
      `Cut from trees that no longer bear fruit, then dried for **two years** before the first saw cut. The grain of
olive wood is dense enough for a cleaver and too pretty to hide in a drawer.`,
      `## Care

1. Wash by hand and dry it standing up.
2. Rub in a spoon of oil whenever it looks thirsty.
3. Never soak it, and never put it in the dishwasher.

Small: 30 × 16 cm. Large: 45 × 22 cm. Both are 2 cm thick.`,
    ],
    images: [
      { file: 'olive-wood-board', caption: 'The large board' },
      { file: 'olive-wood-board-served', caption: 'Served with bread, cheese and olives' },
    ],
    skus: [
      {
        code: 'BOARD-S',
        description: 'Olive-wood board, small',
        size: 'S',
        stock: 32,
        prices: [[OPENING, 3900]],
      },
      {
        code: 'BOARD-L',
        description: 'Olive-wood board, large',
        size: 'L',
        stock: 3,
        prices: [
          [OPENING, 5900],
          [SPRING_2025, 6400],
        ],
      },
    ],
  },
  {
    identifier: 'MK-OIL-003',
    slug: 'extra-virgin-olive-oil',
    title: 'Extra Virgin Olive Oil',
    headline: 'Early harvest, pressed within six hours of picking',
    madeAt: '2025-01-15T09:30:00Z',
    description: [
      `Green, peppery and a little bitter, as a **November oil** should be. Picked by hand on eleven hectares and
pressed cold the same afternoon, in the mill at the end of the lane.

> Pour it on warm bread first. Then decide what else deserves it.`,
      `## In figures

- Variety: *arbequina* with a tenth of *picual*
- Acidity: 0.18 %
- Keep it cool and dark, and finish it within 18 months`,
    ],
    images: [
      { file: 'olive-oil', caption: 'The half-litre bottle' },
      { file: 'olive-oil-tin', caption: 'The one-litre tin' },
    ],
    skus: [
      {
        code: 'OIL-250',
        description: 'Olive oil, 250 ml bottle',
        size: '250 ml',
        stock: 220,
        prices: [[OPENING, 1250]],
      },
      {
        code: 'OIL-500',
        description: 'Olive oil, 500 ml bottle',
        size: '500 ml',
        stock: 180,
        prices: [
          [OPENING, 1900],
          [AUTUMN_2025, 2150],
        ],
        images: [{ file: 'olive-oil', caption: '500 ml bottle' }],
      },
      {
        code: 'OIL-1000',
        description: 'Olive oil, 1 litre tin',
        size: '1 l',
        stock: 60,
        state: 'back_ordered',
        prices: [
          [OPENING, 3200],
          [AUTUMN_2025, 3600],
        ],
        images: [{ file: 'olive-oil-tin', caption: '1 litre tin' }],
      },
    ],
  },
]
