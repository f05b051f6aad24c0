import { z } from 'zod'
import { invalidParameter, noSuchReference, notFound } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import {
  boolean,
  createdFilter,
  currency,
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
import { newId } from '../model/ids.ts'
import type { Metadata, Price } from '../model/objects.ts'
import type { TaxBehavior } from '../payments/quote.ts'
import { productData } from './checkout-session-params.ts'
import { newMetadata } from './metadata.ts'
import { createProduct } from './products.ts'

type NewPrice = {
  currency: string
  product: string
  unitAmount: number
  active?: boolean | undefined
  lookupKey?: string | undefined
  metadata?: Metadata | undefined
  nickname?: string | undefined
  taxBehavior?: TaxBehavior | undefined
}

/** One-time prices only: the emulator does not bill subscriptions. */
export function createPrice(emulator: Emulator, given: NewPrice): Price {
  const price: Price = {
    id: newId('price'),
    object: 'price',
    active: given.active ?? true,
    billing_scheme: 'per_unit',
    created: emulator.now(),
    currency: given.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: given.lookupKey ?? null,
    metadata: newMetadata(given.metadata),
    nickname: given.nickname ?? null,
    product: given.product,
    recurring: null,
    tax_behavior: given.taxBehavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: given.unitAmount,
    unit_amount_decimal: String(given.unitAmount),
  }
  emulator.store.prices.set(price.id, price)
  return price
}

const unlessEmulated = notEmulated.optional()

export const priceRoutes = [
  route({
    method: 'POST',
    path: '/v1/prices',
    params: params({
      currency,
      unit_amount: integer({ min: 0, max: 99_999_999 }),
      product: text().optional(),
      product_data: productData.optional(),
      active: boolean.optional(),
      lookup_key: text(200).optional(),
      metadata: metadata.optional(),
      nickname: text().optional(),
      tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
      billing_scheme: oneOf('per_unit').optional(),
      currency_options: unlessEmulated,
      custom_unit_amount: unlessEmulated,
      recurring: unlessEmulated,
      tiers: unlessEmulated,
      tiers_mode: unlessEmulated,
      transfer_lookup_key: unlessEmulated,
      transform_quantity: unlessEmulated,
      unit_amount_decimal: unlessEmulated,
    }),
    returns: one('price'),
    run({ emulator, params }) {
      const { product, product_data } = params
      if ((product === undefined) === (product_data === undefined)) {
        throw invalidParameter('You must specify exactly one of `product` or `product_data`.', 'product')
      }
      if (product !== undefined && !emulator.store.products.has(product)) {
        throw noSuchReference('product', product, 'product')
      }
      return createPrice(emulator, {
        currency: params.currency,
        product: product ?? createProduct(emulator, product_data ?? { name: '' }).id,
        unitAmount: params.unit_amount,
        active: params.active,
        lookupKey: params.lookup_key,
        metadata: params.metadata,
        nickname: params.nickname,
        taxBehavior: params.tax_behavior,
      })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/prices',
    params: params({
      ...pagination,
      ...createdFilter,
      active: boolean.optional(),
      currency: currency.optional(),
      lookup_keys: z.array(text()).max(10).optional(),
      product: text().optional(),
      type: oneOf('one_time', 'recurring').optional(),
      recurring: unlessEmulated,
    }),
    returns: listOf('price'),
    run({ emulator: { store }, params }) {
      const prices = newestFirst(store.prices.values()).filter(
        (price) =>
          !store.inline.has(price.id) &&
          createdWithin(price.created, params.created) &&
          (params.active === undefined || price.active === params.active) &&
          (params.currency === undefined || price.currency === params.currency) &&
          (params.product === undefined || price.product === params.product) &&
          (params.type === undefined || price.type === params.type) &&
          (params.lookup_keys === undefined || params.lookup_keys.includes(price.lookup_key ?? '')),
      )
      return page(prices, params, '/v1/prices', 'price')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/prices/{id}',
    params: params({}),
    returns: one('price'),
    run({ emulator, id }) {
      const price = emulator.store.prices.get(id)
      if (!price) throw notFound('price', id)
      return price
    },
  }),
]
