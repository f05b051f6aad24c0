import { createRoute, z } from '@hono/zod-openapi'
import { createRouter, jsonContent, problem } from '../../http/router.ts'
import { getOrder } from './get-order.ts'
import { toOrderView } from './order-view.ts'
import { orderIdentifierSchema, orderQuerySchema, orderSchema } from './schemas.ts'

const getOrderRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{identifier}',
  operationId: 'getOrder',
  summary: 'Read an order by the link of its confirmation email, or with the cookie that bought it',
  tags: ['orders'],
  request: { params: z.object({ identifier: orderIdentifierSchema }), query: orderQuerySchema },
  responses: {
    200: { description: 'The order', content: jsonContent(orderSchema) },
    404: problem('No such order, or not yours (`not-found`)'),
  },
})

export const ordersRoutes = createRouter()

ordersRoutes.openapi(getOrderRoute, async (c) => {
  const order = await getOrder(c.get('ctx'), { ...c.req.valid('param'), ...c.req.valid('query') })
  return c.json(toOrderView(order), 200, { 'Cache-Control': 'private, no-store' })
})
