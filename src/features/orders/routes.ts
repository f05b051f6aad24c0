import { z } from '@hono/zod-openapi'
import { createRoute, createRouter, jsonContent, problems } from '../../http/router.ts'
import { pageQuerySchema } from '../../shared/pagination.ts'
import { getOrder } from './get-order.ts'
import { listOrders } from './list-orders.ts'
import { toOrderView } from './order-view.ts'
import { orderIdentifierSchema, orderListSchema, orderQuerySchema, orderSchema } from './schemas.ts'

const getOrderRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{identifier}',
  operationId: 'getOrder',
  policy: { access: 'shopper' },
  summary: 'Read an order as its member, with the link of the confirmation email, or in the browser that bought it',
  tags: ['orders'],
  request: { params: z.object({ identifier: orderIdentifierSchema }), query: orderQuerySchema },
  responses: {
    200: { description: 'The order', content: jsonContent(orderSchema) },
    ...problems('not-found', 'invalid-token'),
  },
})

export const ordersRoutes = createRouter()

ordersRoutes.openapi(getOrderRoute, async (c) => {
  const ctx = c.get('ctx')
  const order = await getOrder(ctx, { ...c.req.valid('param'), ...c.req.valid('query') })
  return c.json(toOrderView(order, ctx.env.PUBLIC_API_URL), 200, { 'Cache-Control': 'private, no-store' })
})

const listOrdersRoute = createRoute({
  policy: { access: 'member' },
  method: 'get',
  path: '/v1/orders',
  operationId: 'listOrders',
  summary: "List the member's orders, newest first",
  description: 'Guest orders under the same email address are included once the member has verified the address.',
  tags: ['orders'],
  request: { query: pageQuerySchema },
  responses: {
    200: { description: 'A page of orders', content: jsonContent(orderListSchema) },
    ...problems('invalid-cursor'),
  },
})

ordersRoutes.openapi(listOrdersRoute, async (c) => {
  const page = await listOrders(c.get('ctx'), c.req.valid('query'))
  return c.json(page, 200, { 'Cache-Control': 'private, no-store' })
})
