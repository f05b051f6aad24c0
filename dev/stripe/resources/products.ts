import { z } from 'zod'
import { notFound, refused } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import { boolean, createdFilter, metadata, notEmulated, pagination, params, text, url } from '../api/params.ts'
import { route } from '../api/route.ts'
import type { Emulator } from '../emulator.ts'
import { newId } from '../model/ids.ts'
import type { Product } from '../model/objects.ts'
import { type ProductData, productData } from './checkout-session-params.ts'
import { newMetadata } from './metadata.ts'

export function createProduct(
  emulator: Emulator,
  data: ProductData,
  more: { id?: string | undefined; active?: boolean | undefined; url?: string | undefined } = {},
): Product {
  const id = more.id ?? newId('prod')
  if (emulator.store.products.has(id)) {
    throw refused('Product already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  const now = emulator.now()
  const product: Product = {
    id,
    object: 'product',
    active: more.active ?? true,
    created: now,
    default_price: null,
    description: data.description ?? null,
    images: data.images ?? [],
    livemode: false,
    marketing_features: [],
    metadata: newMetadata(data.metadata),
    name: data.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: data.tax_code ?? null,
    tax_details: null,
    type: 'service',
    unit_label: data.unit_label ?? null,
    updated: now,
    url: more.url ?? null,
  }
  emulator.store.products.set(id, product)
  return product
}

const unlessEmulated = notEmulated.optional()

export const productRoutes = [
  route({
    method: 'POST',
    path: '/v1/products',
    params: params({
      ...productData.shape,
      id: text().optional(),
      active: boolean.optional(),
      url: url.optional(),
      default_price_data: unlessEmulated,
      marketing_features: unlessEmulated,
      package_dimensions: unlessEmulated,
      shippable: unlessEmulated,
      statement_descriptor: unlessEmulated,
      type: unlessEmulated,
    }),
    returns: one('product'),
    run: ({ emulator, params }) => createProduct(emulator, params, params),
  }),
  route({
    method: 'GET',
    path: '/v1/products',
    params: params({
      ...pagination,
      ...createdFilter,
      active: boolean.optional(),
      ids: z.array(text()).optional(),
      url: url.optional(),
      shippable: unlessEmulated,
      type: unlessEmulated,
    }),
    returns: listOf('product'),
    run({ emulator: { store }, params }) {
      const products = newestFirst(store.products.values()).filter(
        (product) =>
          !store.inline.has(product.id) &&
          createdWithin(product.created, params.created) &&
          (params.active === undefined || product.active === params.active) &&
          (params.url === undefined || product.url === params.url) &&
          (params.ids === undefined || params.ids.includes(product.id)),
      )
      return page(products, params, '/v1/products', 'product')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/products/{id}',
    params: params({}),
    returns: one('product'),
    run({ emulator, id }) {
      const product = emulator.store.products.get(id)
      if (!product) throw notFound('product', id)
      return product
    },
  }),
  route({
    method: 'POST',
    path: '/v1/products/{id}',
    params: params({
      name: text().optional(),
      description: text().optional(),
      active: boolean.optional(),
      metadata: metadata.optional(),
    }),
    returns: one('product'),
    run({ emulator, id, params: { name, description, active, metadata } }) {
      const product = emulator.store.products.get(id)
      if (!product) throw notFound('product', id)
      product.name = name ?? product.name
      product.description = description ?? product.description
      product.active = active ?? product.active
      product.metadata = newMetadata({ ...product.metadata, ...metadata })
      product.updated = emulator.now()
      return product
    },
  }),
]
