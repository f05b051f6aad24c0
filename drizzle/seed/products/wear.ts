import { AUTUMN_2025, OPENING, SPRING_2025, type SeedProduct, type SeedSku } from './shape.ts'

const espadrille = (color: 'Sand' | 'Red', size: number, stock: number, state?: 'back_ordered'): SeedSku => ({
  code: `ESPADRILLE-${color.toUpperCase()}-${size}`,
  description: `Espadrilles, ${color.toLowerCase()}, size ${size}`,
  color,
  size: String(size),
  stock,
  ...(state === undefined ? {} : { state }),
  prices: [
    [SPRING_2025, 4200],
    [AUTUMN_2025, 3600],
  ],
  images: [{ file: `espadrilles-${color.toLowerCase()}`, caption: color }],
})

const tee = (color: 'Navy' | 'Brick', size: string, stock: number): SeedSku => ({
  code: `TEE-${color.toUpperCase()}-${size}`,
  description: `Fisherman tee, ${color.toLowerCase()} stripes, ${size}`,
  color,
  size,
  stock,
  prices: [
    [OPENING, 3800],
    [AUTUMN_2025, 4200],
  ],
  images: [{ file: `fisherman-tee-${color.toLowerCase()}`, caption: `${color} stripes` }],
})

/** What one wears and carries. */
export const wearProducts: SeedProduct[] = [
  {
    identifier: 'MK-ESP-007',
    slug: 'canvas-espadrilles',
    title: 'Canvas Espadrilles',
    headline: 'Braided jute below, cotton canvas above, summer in between',
    madeAt: '2025-03-20T09:00:00Z',
    description: [
      `The sole is braided from **one rope of jute**, coiled and stitched by a machine older than its operator; the upper
is sewn on by hand with waxed thread. Tight on the first day, yours by the third.`,
      `## Which size?

They stretch by about half a size. Between two sizes, take the *smaller* one.

Jute dislikes puddles: let wet soles dry slowly, away from the sun.`,
    ],
    images: [
      { file: 'espadrilles-sand', caption: 'Sand' },
      { file: 'espadrilles-red', caption: 'Red' },
    ],
    skus: [
      espadrille('Sand', 38, 14),
      espadrille('Sand', 40, 22),
      espadrille('Sand', 42, 5),
      espadrille('Red', 38, 9),
      espadrille('Red', 40, 11),
      espadrille('Red', 42, 30, 'back_ordered'),
    ],
  },
  {
    identifier: 'MK-TEE-008',
    slug: 'fisherman-tee',
    title: 'Striped Fisherman Tee',
    headline: 'Heavy cotton jersey, a boat neck, and stripes that meet at the seams',
    madeAt: '2025-04-08T09:00:00Z',
    description: [
      `Knitted from **organic cotton** on round machines, so the body has no side seams to twist. The stripes are yarn,
not print: they fade together, slowly, if at all.`,
      `## Sizes

- **S** chest 48 cm · **M** 52 cm · **L** 56 cm, measured flat
- Wash at 30 °C, inside out
- The model in our heads is 178 cm tall and wears M`,
    ],
    images: [
      { file: 'fisherman-tee-navy', caption: 'Navy stripes' },
      { file: 'fisherman-tee-brick', caption: 'Brick stripes' },
    ],
    skus: [
      tee('Navy', 'S', 26),
      tee('Navy', 'M', 41),
      tee('Navy', 'L', 33),
      tee('Brick', 'S', 12),
      tee('Brick', 'M', 3),
      tee('Brick', 'L', 18),
    ],
  },
  {
    identifier: 'MK-TOT-009',
    slug: 'market-tote',
    title: 'Market Tote',
    headline: 'Carries twelve kilos of oranges and does not complain',
    madeAt: '2025-04-22T09:00:00Z',
    description: [
      `Canvas of **510 g/m²** with handles that run all the way under the bag, the way sailmakers sew them. The print on
the front is done by hand, one colour, one pull.`,
      `## Good to know

- 40 × 42 × 16 cm, handles long enough for the shoulder
- An inside pocket for keys and the shopping list
- Wash cold; it shrinks a little, once`,
    ],
    images: [
      { file: 'market-tote-natural', caption: 'Natural' },
      { file: 'market-tote-navy', caption: 'Navy' },
    ],
    skus: [
      {
        code: 'TOTE-NATURAL',
        description: 'Market tote, natural',
        color: 'Natural',
        stock: null,
        prices: [[OPENING, 2800]],
        images: [{ file: 'market-tote-natural', caption: 'Natural' }],
      },
      {
        code: 'TOTE-NAVY',
        description: 'Market tote, navy',
        color: 'Navy',
        stock: 74,
        prices: [
          [OPENING, 3000],
          [AUTUMN_2025, 2800],
        ],
        images: [{ file: 'market-tote-navy', caption: 'Navy' }],
      },
    ],
  },
]
