import type { Ctx } from '../../context.ts'
import { absoluteUrl } from '../../shared/absolute-url.ts'
import { AppError } from '../../shared/errors.ts'
import { money } from '../../shared/money.ts'
import { findProduct } from './queries/find-product.ts'
import { renderMarkdown } from '../../shared/render-markdown.ts'
import { availableQuantity, isAvailable } from './rules.ts'
import type { Product } from './schemas.ts'

/** An active product with all that its page shows. Throws `not-found`, also for drafts and archived products. */
export async function getProduct(ctx: Ctx, slug: string): Promise<Product> {
  const { PUBLIC_API_URL, CURRENCY } = ctx.env
  const product = await findProduct(ctx.db, slug, { currency: CURRENCY, now: ctx.now() })
  if (product === undefined) throw new AppError('not-found', 'There is no such product.')

  const toImage = ({ url, caption }: { url: string; caption: string }) => ({
    url: absoluteUrl(url, PUBLIC_API_URL),
    caption,
  })
  const images = product.images.map(toImage)
  const amounts = product.skus.map((sku) => sku.amount).filter((amount) => amount !== null)
  const parts: [string, string] = [renderMarkdown(product.descriptionPart1), renderMarkdown(product.descriptionPart2)]
  return {
    id: product.id,
    slug: product.slug,
    title: product.title,
    headline: product.headline,
    image: images[0] ?? null,
    price_from: amounts.length === 0 ? null : money(Math.min(...amounts), CURRENCY),
    identifier: product.identifier,
    description_html: parts.filter((part) => part !== '').join('\n'),
    description_parts_html: parts,
    images,
    skus: product.skus.map((sku) => ({
      id: sku.id,
      code: sku.code,
      type: sku.type,
      description: sku.description,
      color: sku.color,
      size: sku.size,
      price: sku.amount === null ? null : money(sku.amount, CURRENCY),
      inventory_state: sku.inventoryState,
      available: isAvailable(sku),
      available_quantity: availableQuantity(sku),
      images: sku.images.map(toImage),
    })),
  }
}
