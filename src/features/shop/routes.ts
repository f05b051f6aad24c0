import { cached, cachedAtEdge, edgeCacheHeaders } from '../../http/edge-cache.ts'
import { createRoute, createRouter, jsonContent } from '../../http/router.ts'
import { getShop } from './get-shop.ts'
import { shopSchema } from './schemas.ts'

export const shopRoutes = createRouter()

const getShopRoute = createRoute({
  policy: { access: 'public' },
  operationId: 'getShop',
  method: 'get',
  path: '/v1/shop',
  tags: ['shop'],
  summary: "Read the shop's name, imprint, logo, colours, currency and countries",
  middleware: cached,
  responses: {
    200: { description: 'The shop', headers: edgeCacheHeaders, content: jsonContent(shopSchema) },
    304: { description: 'The version that the client has (`If-None-Match`) is the current one' },
  },
})

shopRoutes.openapi(getShopRoute, (c) => cachedAtEdge(c, {}, () => getShop(c.get('ctx'))))
