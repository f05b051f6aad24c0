import { z } from '@hono/zod-openapi'
import { moneySchema } from '../../shared/money.ts'
import { orNull } from '../../shared/or-null.ts'
import { pageOf, pageQuerySchema } from '../../shared/pagination.ts'

/** The largest amount that the database keeps. */
const AMOUNT_MAX = 2_147_483_647

const PRODUCT_SORTS = ['newest', 'title', 'price', '-price'] as const

// The example is part of the description: as `example`, Swagger UI would fill it into the form, and find no product.
const word = (description: string, example: string) =>
  z
    .string()
    .trim()
    .max(100)
    .transform((value) => (value === '' ? undefined : value))
    .optional()
    .openapi({ description: `${description}; such as \`${example}\`` })

const priceBound = (description: string) =>
  z.coerce
    .number()
    .int()
    .min(0)
    .max(AMOUNT_MAX)
    .optional()
    .openapi({ description: `${description}; such as \`2500\`` })

export const productListQuerySchema = pageQuerySchema.extend({
  // A cursor of the list by title holds a title, which has no limit.
  cursor: z.string().max(4_000).optional().openapi({ description: '`next_cursor` of the previous page' }),
  q: word('Words in the title, headline or description; the last may be the beginning of a word', 'olive oi'),
  sort: z.enum(PRODUCT_SORTS).default('newest').openapi({ description: '`-price`: most expensive first' }),
  in_stock: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .openapi({ description: '`true`: only products with a SKU that can be bought now' }),
  color: word('Only products with a SKU of this colour; upper and lower case are the same', 'Sea'),
  size: word('Only products with a SKU of this size', 'M'),
  min_price: priceBound('Only products with a SKU that costs at least this, in minor units'),
  max_price: priceBound('Only products with a SKU that costs at most this, in minor units'),
})

export const productParamsSchema = z.object({ slug: z.string().max(200).openapi({ example: 'stoneware-mug' }) })

export const imageSchema = z
  .object({
    url: z.string().openapi({ example: 'https://api.example.com/images/products/mug.svg' }),
    caption: z.string(),
  })
  .openapi('Image')

const listedProductSchema = z.object({
  id: z.string(),
  slug: z.string(),
  title: z.string(),
  headline: z.string(),
  image: orNull(imageSchema).openapi({ description: 'The main image' }),
  price_from: orNull(moneySchema).openapi({ description: 'Lowest current price; null when no SKU has a price' }),
})

const productSkuSchema = z
  .object({
    id: z.string(),
    code: z.string().openapi({ example: 'MUG-SEA' }),
    type: z.string(),
    description: z.string(),
    color: z.string().nullable(),
    size: z.string().nullable(),
    price: orNull(moneySchema).openapi({ description: 'Current price; null when there is none' }),
    inventory_state: z.enum(['in_stock', 'back_ordered', 'out_of_stock']),
    available: z.boolean().openapi({ description: 'Whether it can be bought now' }),
    available_quantity: z
      .int()
      .nullable()
      .openapi({ description: 'How many units can be bought now, shown up to 99; null when stock is not tracked' }),
    images: z.array(imageSchema),
  })
  .openapi('ProductSku')

export const productListSchema = pageOf(listedProductSchema.openapi('ListedProduct')).openapi('ProductList')

export const productSchema = listedProductSchema
  .extend({
    identifier: z.string().length(10),
    description_html: z.string().openapi({ description: 'Both parts, as HTML that is safe to insert into a page' }),
    description_parts_html: z.array(z.string()).length(2),
    images: z.array(imageSchema).openapi({ description: 'The main image first' }),
    skus: z.array(productSkuSchema),
  })
  .openapi('Product')

export type ProductListQuery = z.output<typeof productListQuerySchema>
export type ProductList = z.infer<typeof productListSchema>
export type Product = z.infer<typeof productSchema>
