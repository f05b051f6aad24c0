import { invalidParameter, notFound, refused } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import {
  clearable,
  createdFilter,
  currency,
  decimal,
  integer,
  metadata,
  notEmulated,
  oneOf,
  pagination,
  params,
  text,
} from '../api/params.ts'
import { route } from '../api/route.ts'
import type { Emulator } from '../emulator.ts'
import { newCouponId } from '../model/ids.ts'
import type { Coupon } from '../model/objects.ts'
import { mergedMetadata, newMetadata } from './metadata.ts'

const createParams = params({
  id: text(200).optional(),
  amount_off: integer({ min: 1, max: 99_999_999 }).optional(),
  percent_off: decimal({ above: 0, max: 100 }).optional(),
  currency: currency.optional(),
  duration: oneOf('forever', 'once', 'repeating').optional(),
  duration_in_months: integer({ min: 1 }).optional(),
  max_redemptions: integer({ min: 1 }).optional(),
  metadata: clearable(metadata).optional(),
  name: text(40).optional(),
  redeem_by: integer().optional(),
  applies_to: notEmulated.optional(),
  currency_options: notEmulated.optional(),
})

function checkAmounts({
  amount_off,
  percent_off,
  currency,
}: { [K in 'amount_off' | 'percent_off']?: number | undefined } & { currency?: string | undefined }): void {
  if (amount_off === undefined && percent_off === undefined) {
    throw invalidParameter('Must provide percent_off or amount_off.', undefined, 'parameter_missing')
  }
  if (amount_off !== undefined && percent_off !== undefined) {
    throw invalidParameter('You may only specify one of these parameters: amount_off, percent_off.', 'percent_off')
  }
  if (amount_off !== undefined && currency === undefined) {
    throw invalidParameter('You must pass currency when passing amount_off.', 'currency', 'parameter_missing')
  }
}

/** Whether the coupon can be redeemed now; kept in its `valid` field. */
function refresh(emulator: Emulator, coupon: Coupon): Coupon {
  const usedUp = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions
  const expired = coupon.redeem_by !== null && coupon.redeem_by <= emulator.now()
  coupon.valid = !usedUp && !expired
  return coupon
}

export function findCoupon(emulator: Emulator, id: string): Coupon | undefined {
  const coupon = emulator.store.coupons.get(id)
  return coupon && refresh(emulator, coupon)
}

export function redeemCoupon(emulator: Emulator, id: string): void {
  const coupon = emulator.store.coupons.get(id)
  if (!coupon) return
  coupon.times_redeemed += 1
  refresh(emulator, coupon)
}

function getCoupon(emulator: Emulator, id: string): Coupon {
  const coupon = findCoupon(emulator, id)
  if (!coupon) throw notFound('coupon', id, 'coupon')
  return coupon
}

export const couponRoutes = [
  route({
    method: 'POST',
    path: '/v1/coupons',
    params: createParams,
    returns: one('coupon'),
    run({ emulator, params }) {
      checkAmounts(params)
      if (params.duration === 'repeating' && params.duration_in_months === undefined) {
        throw invalidParameter('Missing required param: duration_in_months.', 'duration_in_months', 'parameter_missing')
      }
      const id = params.id ?? newCouponId()
      if (emulator.store.coupons.has(id)) throw refused('Coupon already exists.', { code: 'resource_already_exists' })
      const coupon: Coupon = {
        id,
        object: 'coupon',
        amount_off: params.amount_off ?? null,
        created: emulator.now(),
        currency: params.amount_off === undefined ? null : (params.currency ?? null),
        duration: params.duration ?? 'once',
        duration_in_months: params.duration_in_months ?? null,
        livemode: false,
        max_redemptions: params.max_redemptions ?? null,
        metadata: newMetadata(params.metadata),
        name: params.name ?? null,
        percent_off: params.percent_off ?? null,
        redeem_by: params.redeem_by ?? null,
        times_redeemed: 0,
        valid: true,
      }
      emulator.store.coupons.set(id, coupon)
      return refresh(emulator, coupon)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/coupons',
    params: params({ ...pagination, ...createdFilter }),
    returns: listOf('coupon'),
    run({ emulator, params }) {
      const coupons = newestFirst(emulator.store.coupons.values()).filter((coupon) =>
        createdWithin(coupon.created, params.created),
      )
      for (const coupon of coupons) refresh(emulator, coupon)
      return page(coupons, params, '/v1/coupons', 'coupon')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/coupons/{id}',
    params: params({}),
    returns: one('coupon'),
    run: ({ emulator, id }) => getCoupon(emulator, id),
  }),
  route({
    method: 'POST',
    path: '/v1/coupons/{id}',
    params: params({
      name: text(40).optional(),
      metadata: clearable(metadata).optional(),
      currency_options: notEmulated.optional(),
    }),
    returns: one('coupon'),
    run({ emulator, id, params }) {
      const coupon = getCoupon(emulator, id)
      coupon.name = params.name ?? coupon.name
      coupon.metadata = mergedMetadata(coupon.metadata ?? {}, params.metadata)
      return coupon
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/coupons/{id}',
    params: params({}),
    returns: one('coupon'),
    run({ emulator, id }) {
      getCoupon(emulator, id)
      emulator.store.coupons.delete(id)
      return { id, object: 'coupon', deleted: true }
    },
  }),
]
