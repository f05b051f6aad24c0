import { drizzle } from 'drizzle-orm/node-postgres'
import { Client } from 'pg'
import { discountCodes, shippingMethods } from '../../src/db/schema/cart.ts'
import { productImages, productSkus, products, skuImages, skuPrices, skus } from '../../src/db/schema/catalog.ts'
import { emailTemplates } from '../../src/db/schema/email.ts'
import { termsVersions } from '../../src/db/schema/operations.ts'
import { orderStatusTypes } from '../../src/db/schema/orders.ts'
import { shopSettings } from '../../src/db/schema/shop.ts'
import { productImageRows, productRows, productSkuRows, skuImageRows, skuPriceRows, skuRows } from './catalog-rows.ts'
import { checkTemplate } from '../../src/features/email/check-template.ts'
import { BUILT_IN_TEMPLATES } from '../../src/features/email/templates/built-in.ts'
import { discountCodeRows } from './discount-codes.ts'
import { orderStatusRows } from './order-statuses.ts'
import { shippingMethodRows } from './shipping-methods.ts'
import { shopSettingsRow } from './shop-settings.ts'
import { termsRows } from './terms.ts'

type Database = ReturnType<typeof open>
type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

const open = (client: Client) => drizzle({ client, casing: 'snake_case' })

/**
 * Fills an empty shop with sample products and reference data, in one transaction. Rows that are there already stay as
 * they are, and so do the images, prices and SKUs of a product that was there: a shop that was edited is never changed.
 */
export async function seed(connectionString: string): Promise<void> {
  await assertTemplatesFit()
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await open(client).transaction(async (tx) => {
      await seedReferenceData(tx)
      await seedCatalog(tx)
    })
  } finally {
    await client.end()
  }
}

async function assertTemplatesFit(): Promise<void> {
  for (const template of BUILT_IN_TEMPLATES) {
    const [problem] = await checkTemplate(template)
    if (problem !== undefined) throw new Error(`template ${template.emCd}, ${problem.field}: ${problem.message}`)
  }
}

async function seedReferenceData(tx: Transaction): Promise<void> {
  await tx.insert(orderStatusTypes).values(orderStatusRows).onConflictDoNothing()
  await tx.insert(shippingMethods).values(shippingMethodRows).onConflictDoNothing()
  await tx.insert(discountCodes).values(discountCodeRows).onConflictDoNothing()
  await tx.insert(termsVersions).values(termsRows).onConflictDoNothing()
  await tx.insert(shopSettings).values(shopSettingsRow).onConflictDoNothing()
  await tx.insert(emailTemplates).values(BUILT_IN_TEMPLATES).onConflictDoNothing()
}

async function seedCatalog(tx: Transaction): Promise<void> {
  const known = new Set((await tx.select({ id: skus.id }).from(skus)).map((row) => row.id))
  const newProducts = await idsOf(
    tx.insert(products).values(productRows).onConflictDoNothing().returning({ id: products.id }),
  )
  const newSkus = await idsOf(tx.insert(skus).values(skuRows).onConflictDoNothing().returning({ id: skus.id }))

  const images = productImageRows.filter((row) => newProducts.has(row.productId))
  if (images.length > 0) await tx.insert(productImages).values(images)
  const pairs = productSkuRows.filter(
    (row) => newProducts.has(row.productId) && (newSkus.has(row.skuId) || known.has(row.skuId)),
  )
  if (pairs.length > 0) await tx.insert(productSkus).values(pairs)
  const prices = skuPriceRows.filter((row) => newSkus.has(row.skuId))
  if (prices.length > 0) await tx.insert(skuPrices).values(prices)
  const skuPictures = skuImageRows.filter((row) => newSkus.has(row.skuId))
  if (skuPictures.length > 0) await tx.insert(skuImages).values(skuPictures)
}

async function idsOf(inserted: PromiseLike<{ id: string }[]>): Promise<Set<string>> {
  return new Set((await inserted).map((row) => row.id))
}
