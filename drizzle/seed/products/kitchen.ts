import { AUTUMN_2025, NEW_YEAR_2030, OPENING, SPRING_2025, type SeedProduct } from './shape.ts'

/** What one cooks with and in. */
export const kitchenProducts: SeedProduct[] = [
  {
    identifier: 'MK-APR-004',
    slug: 'linen-apron',
    title: 'Linen Apron',
    headline: 'Heavy washed linen that gets better with every stain',
    madeAt: '2025-02-03T10:00:00Z',
    description: [
      `Woven from **European flax**, washed with stones until it hangs like something you have owned for years. Long ties
go round twice and close in front; the pocket takes a towel and a spoon.`,
      `## Good to know

- One size, from a narrow S to a generous XL
- 100 % linen, 280 g/m²
- Wash at 60 °C, iron it only if you must`,
    ],
    images: [
      { file: 'linen-apron-natural', caption: 'Natural' },
      { file: 'linen-apron-indigo', caption: 'Indigo' },
      { file: 'linen-apron-olive', caption: 'Olive' },
    ],
    skus: [
      {
        code: 'APRON-NATURAL',
        description: 'Linen apron, natural',
        color: 'Natural',
        size: 'One size',
        stock: 48,
        prices: [[OPENING, 5400]],
        images: [{ file: 'linen-apron-natural', caption: 'Natural' }],
      },
      {
        code: 'APRON-INDIGO',
        description: 'Linen apron, indigo',
        color: 'Indigo',
        size: 'One size',
        stock: 27,
        prices: [
          [OPENING, 5400],
          [AUTUMN_2025, 5800],
        ],
        images: [{ file: 'linen-apron-indigo', caption: 'Indigo' }],
      },
      {
        code: 'APRON-OLIVE',
        description: 'Linen apron, olive',
        color: 'Olive',
        size: 'One size',
        stock: 0,
        state: 'out_of_stock',
        prices: [[SPRING_2025, 5400]],
        images: [{ file: 'linen-apron-olive', caption: 'Olive' }],
      },
    ],
  },
  {
    identifier: 'MK-KNF-005',
    slug: 'kitchen-knife',
    title: 'Hand-Forged Kitchen Knife',
    headline: 'Carbon steel, walnut, and one smith who signs every blade',
    madeAt: '2025-02-10T10:00:00Z',
    description: [
      `A cook's knife of **18 centimetres**, forged from a single bar of carbon steel and ground so thin behind the edge
that a ripe tomato never notices. It takes a patina with use, grey and blue, and no two of them the same.`,
      `## Care

- Rinse, dry at once, and leave it off the rack
- A drop of oil before a long holiday
- Sharpen at 15 degrees; the set brings a whetstone and an oiled cloth

Only a handful leave the forge each month.`,
    ],
    images: [
      { file: 'kitchen-knife', caption: '18 cm, walnut handle' },
      { file: 'kitchen-knife-tools', caption: 'The set with whetstone and cloth' },
    ],
    skus: [
      {
        code: 'KNIFE-18',
        description: 'Kitchen knife, 18 cm',
        size: '18 cm',
        stock: 2,
        prices: [
          [OPENING, 14900],
          [AUTUMN_2025, 16500],
        ],
      },
      {
        code: 'KNIFE-18-SET',
        description: 'Kitchen knife, 18 cm, with whetstone and cloth',
        size: '18 cm',
        stock: 1,
        prices: [[AUTUMN_2025, 19800]],
        images: [{ file: 'kitchen-knife-tools', caption: 'Whetstone and cloth' }],
      },
    ],
  },
  {
    identifier: 'MK-KTL-006',
    slug: 'enamel-kettle',
    title: 'Enamel Kettle',
    headline: 'Two litres, and a whistle that is polite about it',
    madeAt: '2025-02-17T10:00:00Z',
    description: [
      `Steel under **three coats of enamel**, on a form that the factory has not changed since 1958. It works on gas, on
induction and, should the weekend go that way, on a camp fire.`,
      `## Good to know

- 2 litres, handle of beech that stays cool
- Fill it to the spout, no further
- Vinegar and water take the lime away; steel wool takes the enamel with it`,
    ],
    images: [
      { file: 'enamel-kettle-green', caption: 'Bottle green' },
      { file: 'enamel-kettle-cream', caption: 'Cream' },
    ],
    skus: [
      {
        code: 'KETTLE-GREEN',
        description: 'Enamel kettle, bottle green',
        color: 'Bottle green',
        size: '2 l',
        stock: 19,
        prices: [
          [OPENING, 6900],
          [NEW_YEAR_2030, 7900],
        ],
        images: [{ file: 'enamel-kettle-green', caption: 'Bottle green' }],
      },
      {
        code: 'KETTLE-CREAM',
        description: 'Enamel kettle, cream',
        color: 'Cream',
        size: '2 l',
        stock: null,
        state: 'back_ordered',
        prices: [[OPENING, 6900]],
        images: [{ file: 'enamel-kettle-cream', caption: 'Cream' }],
      },
    ],
  },
]
