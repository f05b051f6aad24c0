import { cached, cachedAtEdge, edgeCacheHeaders } from '../../http/edge-cache.ts'
import { countCall } from '../../http/rate-limit/count-call.ts'
import { createRoute, createRouter, jsonContent, problems } from '../../http/router.ts'
import { getProduct } from './get-product.ts'
import { listProducts } from './list-products.ts'
import { productListQuerySchema, productListSchema, productParamsSchema, productSchema } from './schemas.ts'

export const catalogRoutes = createRouter()

const NOT_MODIFIED = { description: 'The version that the client has (`If-None-Match`) is the current one' }

const listProductsRoute = createRoute({
  policy: { access: 'public', limits: { whenAsked: ['search'] } },
  operationId: 'listProducts',
  method: 'get',
  path: '/v1/products',
  tags: ['catalogue'],
  summary: 'List products: search, filter, sort',
  middleware: cached,
  request: { query: productListQuerySchema },
  responses: {
    200: { description: 'A page of products', headers: edgeCacheHeaders, content: jsonContent(productListSchema) },
    304: NOT_MODIFIED,
    ...problems('invalid-cursor'),
  },
})

catalogRoutes.openapi(listProductsRoute, (c) => {
  const query = c.req.valid('query')
  return cachedAtEdge(
    c,
    query,
    () => listProducts(c.get('ctx'), query),
    () => countCall(c),
  )
})

const getProductRoute = createRoute({
  policy: { access: 'public' },
  operationId: 'getProduct',
  method: 'get',
  path: '/v1/products/{slug}',
  tags: ['catalogue'],
  summary: 'Read a product with its SKUs, prices and availability',
  middleware: cached,
  request: { params: productParamsSchema },
  responses: {
    200: { description: 'The product', headers: edgeCacheHeaders, content: jsonContent(productSchema) },
    304: NOT_MODIFIED,
    ...problems('not-found'),
  },
})

catalogRoutes.openapi(getProductRoute, (c) => {
  const { slug } = c.req.valid('param')
  return cachedAtEdge(c, { slug }, () => getProduct(c.get('ctx'), slug))
})
