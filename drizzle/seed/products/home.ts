import { giftSet } from './gift-set.ts'
import { AUTUMN_2025, NEW_YEAR_2030, OPENING, SPRING_2025, type SeedProduct } from './shape.ts'

/** What makes a room a home. */
export const homeProducts: SeedProduct[] = [
  {
    identifier: 'MK-CDL-010',
    slug: 'beeswax-candle',
    title: 'Beeswax Pillar Candle',
    headline: 'Pure wax, a cotton wick, and the smell of a warm hive',
    madeAt: '2025-05-06T09:00:00Z',
    description: [
      `Nothing is added to the wax and nothing is taken away but what the filter catches. It burns with a **steady golden
light**, slowly, and leaves the room smelling faintly of honey.`,
      `## Burning time

- Small, 8 cm: about 30 hours
- Tall, 16 cm: about 65 hours

Let the pool reach the edge the first time, and keep the wick at 5 mm. The white bloom on older candles is natural: wipe
it off with a soft cloth.`,
    ],
    images: [{ file: 'beeswax-candles', caption: 'Small and tall' }],
    skus: [
      { code: 'CANDLE-S', description: 'Beeswax candle, small', size: '8 cm', stock: null, prices: [[OPENING, 1400]] },
      {
        code: 'CANDLE-L',
        description: 'Beeswax candle, tall',
        size: '16 cm',
        stock: null,
        prices: [
          [OPENING, 2300],
          [AUTUMN_2025, 2500],
        ],
      },
      giftSet,
    ],
  },
  {
    identifier: 'MK-BLK-011',
    slug: 'merino-blanket',
    title: 'Merino Blanket',
    headline: 'Three hundred kilometres of yarn, one quiet afternoon on the sofa',
    madeAt: '2025-06-02T09:00:00Z',
    description: [
      `Spun and woven within one valley from the wool of **sheep that walk to their summer pastures**. Light enough for a
spring evening, warm enough to argue about in January.`,
      `## Care

- Air it; wool cleans itself better than you think
- If you must: wool programme, cold, dry it flat
- 140 × 200 cm, fringe included`,
    ],
    images: [
      { file: 'wool-blanket-heather', caption: 'Heather' },
      { file: 'wool-blanket-ochre', caption: 'Ochre' },
    ],
    skus: [
      {
        code: 'BLANKET-HEATHER',
        description: 'Merino blanket, heather',
        color: 'Heather',
        size: '140 × 200 cm',
        stock: 5,
        prices: [
          [OPENING, 12900],
          [SPRING_2025, 11900],
          [AUTUMN_2025, 13900],
        ],
        images: [{ file: 'wool-blanket-heather', caption: 'Heather' }],
      },
      {
        code: 'BLANKET-OCHRE',
        description: 'Merino blanket, ochre',
        color: 'Ochre',
        size: '140 × 200 cm',
        stock: 16,
        prices: [
          [OPENING, 12900],
          [AUTUMN_2025, 13900],
          [NEW_YEAR_2030, 14900],
        ],
        images: [{ file: 'wool-blanket-ochre', caption: 'Ochre' }],
      },
    ],
  },
  {
    identifier: 'MK-PLT-012',
    slug: 'terrace-planter',
    title: 'Terrace Planter',
    headline: 'Terracotta that stays outside all winter',
    madeAt: '2025-07-01T09:00:00Z',
    description: [
      `Pressed by hand from **red clay** and fired for three days, so frost finds no water to work with. The wave around
the belly is drawn with a finger while the pot turns.`,
      `## Good to know

- 28 cm across, 26 cm high, with a hole in the floor and a saucer
- Safe outdoors down to −15 °C
- The whitewash weathers; that is what it is for`,
    ],
    images: [
      { file: 'terrace-planter-clay', caption: 'Clay' },
      { file: 'terrace-planter-white', caption: 'Whitewash' },
    ],
    skus: [
      {
        code: 'PLANTER-CLAY',
        description: 'Terrace planter, clay',
        color: 'Clay',
        size: '28 cm',
        stock: 38,
        prices: [[SPRING_2025, 3400]],
        images: [{ file: 'terrace-planter-clay', caption: 'Clay' }],
      },
      {
        code: 'PLANTER-WHITE',
        description: 'Terrace planter, whitewash',
        color: 'Whitewash',
        size: '28 cm',
        stock: 21,
        prices: [[SPRING_2025, 3700]],
        images: [{ file: 'terrace-planter-white', caption: 'Whitewash' }],
      },
    ],
  },
]
