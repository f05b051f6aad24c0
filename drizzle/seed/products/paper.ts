import { AUTUMN_2025, OPENING, type SeedProduct } from './shape.ts'

/** Paper, printed and blank. */
export const paperProducts: SeedProduct[] = [
  {
    identifier: 'MK-NTB-013',
    slug: 'cork-notebook',
    title: 'Cork Notebook',
    headline: 'Bark outside, 160 pages of very good intentions inside',
    madeAt: '2025-08-12T09:00:00Z',
    description: [
      `The cover is **cork**, peeled from living trees every nine years without felling one. Inside, thread-stitched
sections of ivory paper that lie flat from the first page to the last.`,
      `## In figures

- A5, 160 pages, 100 g/m², fountain-pen proof
- Elastic band, ribbon, and a pocket for receipts
- Plain for people who draw, ruled for people who mean to`,
    ],
    images: [{ file: 'cork-notebook', caption: 'Cork cover with elastic band' }],
    skus: [
      { code: 'NOTEBOOK-PLAIN', description: 'Cork notebook, plain', size: 'A5', stock: 95, prices: [[OPENING, 1800]] },
      {
        code: 'NOTEBOOK-RULED',
        description: 'Cork notebook, ruled',
        size: 'A5',
        stock: 110,
        prices: [[OPENING, 1800]],
      },
    ],
  },
  {
    identifier: 'MK-PRT-014',
    slug: 'lemon-branch-print',
    title: 'Lemon Branch Print',
    headline: 'Four colours, four plates, four slow passes through the press',
    madeAt: '2025-10-14T09:00:00Z',
    description: [
      `Printed to order on a **1962 cylinder press**, in inks mixed by eye from the fruit on the table. The plates leave
a bite in the cotton paper that you can feel with your eyes closed.`,
      `## Good to know

- Cotton paper of 300 g/m², signed in pencil
- Framed: oiled walnut with museum glass
- Made when you order it: allow five working days`,
    ],
    images: [{ file: 'lemon-print', caption: 'Framed in walnut' }],
    skus: [
      {
        code: 'PRINT-A3',
        description: 'Lemon branch print, A3',
        size: 'A3',
        stock: null,
        prices: [[AUTUMN_2025, 4500]],
      },
      {
        code: 'PRINT-A3-FRAMED',
        description: 'Lemon branch print, A3, framed',
        size: 'A3',
        stock: null,
        prices: [[AUTUMN_2025, 11000]],
      },
    ],
  },
]
