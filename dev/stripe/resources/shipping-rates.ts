import { invalidParameter, notFound } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import { boolean, createdFilter, currency, pagination, params } from '../api/params.ts'
import { route } from '../api/route.ts'
import type { Emulator } from '../emulator.ts'
import { newId } from '../model/ids.ts'
import type { ShippingRate } from '../model/objects.ts'
import { type ShippingRateData, shippingRateData } from './checkout-session-params.ts'
import { newMetadata } from './metadata.ts'

/** `param` is the prefix that an error names, when the data stands inside another call's parameters. */
export function createShippingRate(emulator: Emulator, data: ShippingRateData, param = ''): ShippingRate {
  const { fixed_amount, delivery_estimate } = data
  if (!fixed_amount) {
    const name = param === '' ? 'fixed_amount' : `${param}[fixed_amount]`
    throw invalidParameter(`Missing required param: ${name}.`, name, 'parameter_missing')
  }
  const rate: ShippingRate = {
    id: newId('shr'),
    object: 'shipping_rate',
    active: true,
    created: emulator.now(),
    delivery_estimate: delivery_estimate
      ? { maximum: delivery_estimate.maximum ?? null, minimum: delivery_estimate.minimum ?? null }
      : null,
    display_name: data.display_name,
    fixed_amount: { amount: fixed_amount.amount, currency: fixed_amount.currency },
    livemode: false,
    metadata: newMetadata(data.metadata),
    tax_behavior: data.tax_behavior ?? 'unspecified',
    tax_code: data.tax_code ?? null,
    type: 'fixed_amount',
  }
  emulator.store.shippingRates.set(rate.id, rate)
  return rate
}

export const shippingRateRoutes = [
  route({
    method: 'POST',
    path: '/v1/shipping_rates',
    params: params(shippingRateData.shape),
    returns: one('shipping_rate'),
    run: ({ emulator, params }) => createShippingRate(emulator, params),
  }),
  route({
    method: 'GET',
    path: '/v1/shipping_rates',
    params: params({ ...pagination, ...createdFilter, active: boolean.optional(), currency: currency.optional() }),
    returns: listOf('shipping_rate'),
    run({ emulator, params }) {
      const rates = newestFirst(emulator.store.shippingRates.values()).filter(
        (rate) =>
          createdWithin(rate.created, params.created) &&
          (params.active === undefined || rate.active === params.active) &&
          (params.currency === undefined || rate.fixed_amount?.currency === params.currency),
      )
      return page(rates, params, '/v1/shipping_rates', 'shipping_rate')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/shipping_rates/{id}',
    params: params({}),
    returns: one('shipping_rate'),
    run({ emulator, id }) {
      const rate = emulator.store.shippingRates.get(id)
      if (!rate) throw notFound('shipping rate', id, 'shipping_rate_token')
      return rate
    },
  }),
]
