import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env.ts'
import { createRoute, createRouter, jsonBody, jsonContent, PRIVATE, problems } from '../../http/router.ts'
import { ensureVisitor } from '../../http/visitor.ts'
import { idempotencyHeaderSchema } from '../../shared/idempotency-key.ts'
import { addCartItem } from './add-cart-item.ts'
import { addDiscountCode } from './add-discount-code.ts'
import { toCartView, toShippingMethod } from './cart-view.ts'
import type { ChangedCart } from './change-cart.ts'
import { chooseShippingMethod } from './choose-shipping-method.ts'
import type { CartContents } from './contents.ts'
import { emptyCart } from './empty-cart.ts'
import { findCart } from './find-cart.ts'
import { listShippingMethods } from './list-shipping-methods.ts'
import { removeCartItem } from './remove-cart-item.ts'
import { removeDiscountCode } from './remove-discount-code.ts'
import * as schemas from './schemas.ts'
import { setItemQuantity } from './set-item-quantity.ts'

const theCart = { description: 'The cart', content: jsonContent(schemas.cartSchema) }
const theCartOnce = { ...theCart, headers: schemas.replayedHeader }

export const cartRoutes = createRouter()

function answer(c: Context<AppEnv>, contents: CartContents | undefined) {
  const { env, now } = c.get('ctx')
  return c.json(toCartView(contents, { now: now(), currency: env.CURRENCY }, env.PUBLIC_API_URL), 200, PRIVATE)
}

function answerOnce(c: Context<AppEnv>, { contents, replayed }: ChangedCart) {
  if (replayed) c.header('Idempotent-Replayed', 'true')
  return answer(c, contents)
}

/** A caller who is nobody yet becomes a visitor, so that the cart has an owner. */
async function identify(c: Context<AppEnv>): Promise<void> {
  if (c.get('ctx').actor.kind !== 'member') await ensureVisitor(c)
}

cartRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/cart',
    operationId: 'findCart',
    policy: { access: 'shopper' },
    summary: "Read the caller's cart",
    tags: ['cart'],
    responses: { 200: theCart },
  }),
  async (c) => answer(c, await findCart(c.get('ctx'))),
)

cartRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/cart',
    operationId: 'emptyCart',
    policy: { access: 'shopper' },
    summary: 'Empty the cart',
    tags: ['cart'],
    responses: { 200: theCart },
  }),
  async (c) => answer(c, await emptyCart(c.get('ctx'))),
)

cartRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/cart/items',
    operationId: 'addCartItem',
    policy: { access: 'shopper' },
    summary: 'Add units of a SKU; units of the same SKU add up',
    tags: ['cart'],
    request: { headers: idempotencyHeaderSchema, body: jsonBody(schemas.addItemSchema) },
    responses: {
      200: theCartOnce,
      ...problems(
        'sku-not-found',
        'sku-not-in-product',
        'sku-not-available',
        'quantity-limit',
        'cart-lines-limit',
        'idempotency-key-reused',
      ),
    },
  }),
  async (c) => {
    await identify(c)
    const { sku_id, quantity, product_id } = c.req.valid('json')
    const key = c.req.valid('header')['idempotency-key']
    return answerOnce(c, await addCartItem(c.get('ctx'), { skuId: sku_id, quantity, productId: product_id }, key))
  },
)

cartRoutes.openapi(
  createRoute({
    method: 'patch',
    path: '/v1/cart/items/{sku_id}',
    operationId: 'setItemQuantity',
    policy: { access: 'shopper' },
    summary: 'Set how many units of a SKU are in the cart',
    tags: ['cart'],
    request: { params: schemas.skuParamSchema, body: jsonBody(schemas.setQuantitySchema) },
    responses: { 200: theCart, ...problems('not-found', 'cart-not-found') },
  }),
  async (c) => {
    const input = { skuId: c.req.valid('param').sku_id, quantity: c.req.valid('json').quantity }
    return answer(c, await setItemQuantity(c.get('ctx'), input))
  },
)

cartRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/cart/items/{sku_id}',
    operationId: 'removeCartItem',
    policy: { access: 'shopper' },
    summary: 'Remove a SKU from the cart; a SKU that is not in it changes nothing',
    tags: ['cart'],
    request: { params: schemas.skuParamSchema },
    responses: { 200: theCart },
  }),
  async (c) => answer(c, await removeCartItem(c.get('ctx'), c.req.valid('param').sku_id)),
)

cartRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/cart/discount-codes',
    operationId: 'addDiscountCode',
    policy: { access: 'shopper' },
    summary: 'Add a discount code to the cart',
    tags: ['cart'],
    request: { headers: idempotencyHeaderSchema, body: jsonBody(schemas.addDiscountCodeSchema) },
    responses: {
      200: theCartOnce,
      ...problems(
        'discount-not-found',
        'discount-wrong-currency',
        'discount-not-yet-valid',
        'discount-expired',
        'discount-exhausted',
        'discount-used-up',
        'discount-minimum-not-reached',
        'discount-not-combinable',
        'discount-already-applied',
        'cart-not-found',
        'idempotency-key-reused',
      ),
    },
  }),
  async (c) => {
    await identify(c)
    const key = c.req.valid('header')['idempotency-key']
    return answerOnce(c, await addDiscountCode(c.get('ctx'), c.req.valid('json').code, key))
  },
)

cartRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/cart/discount-codes/{code}',
    operationId: 'removeDiscountCode',
    policy: { access: 'shopper' },
    summary: 'Remove a discount code from the cart; a code that is not on it changes nothing',
    tags: ['cart'],
    request: { params: schemas.codeParamSchema },
    responses: { 200: theCart },
  }),
  async (c) => answer(c, await removeDiscountCode(c.get('ctx'), c.req.valid('param').code)),
)

cartRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/shipping-methods',
    policy: { access: 'public' },
    operationId: 'listShippingMethods',
    summary: 'List the shipping methods',
    tags: ['cart'],
    responses: { 200: { description: 'All of them', content: jsonContent(schemas.shippingMethodListSchema) } },
  }),
  async (c) => {
    const methods = await listShippingMethods(c.get('ctx'))
    return c.json({ items: methods.map(toShippingMethod), next_cursor: null }, 200)
  },
)

cartRoutes.openapi(
  createRoute({
    method: 'put',
    path: '/v1/cart/shipping-method',
    operationId: 'chooseShippingMethod',
    policy: { access: 'shopper' },
    summary: 'Choose how the cart is shipped',
    tags: ['cart'],
    request: { body: jsonBody(schemas.chooseShippingSchema) },
    responses: {
      200: theCart,
      ...problems('shipping-method-not-found', 'cart-not-found'),
    },
  }),
  async (c) => {
    await identify(c)
    return answer(c, await chooseShippingMethod(c.get('ctx'), c.req.valid('json').shipping_method_id))
  },
)
