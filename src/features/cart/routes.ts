import { createRoute, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env.ts'
import { createRouter, jsonContent, problem } from '../../http/router.ts'
import { ensureVisitor } from '../../http/visitor.ts'
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

const PRIVATE = { 'Cache-Control': 'private, no-store' }

const theCart = { description: 'The cart', content: jsonContent(schemas.cartSchema) }
const theCartOnce = { ...theCart, headers: schemas.replayedHeader }
const invalid = problem('Not valid (`validation-failed`)')
const body = <T extends z.ZodType>(schema: T) => ({ content: jsonContent(schema), required: true as const })

export const cartRoutes = createRouter()

function answer(c: Context<AppEnv>, contents: CartContents | undefined) {
  const ctx = c.get('ctx')
  return c.json(toCartView(contents, { now: ctx.now(), currency: ctx.env.CURRENCY }), 200, PRIVATE)
}

function answerOnce(c: Context<AppEnv>, { contents, replayed }: ChangedCart) {
  if (replayed) c.header('Idempotent-Replayed', 'true')
  return answer(c, contents)
}

/** A caller who is nobody yet becomes a visitor, so that the cart has an owner. */
async function identify(c: Context<AppEnv>): Promise<void> {
  if (c.get('ctx').actor.memberId === null) await ensureVisitor(c)
}
