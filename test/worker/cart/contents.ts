import type { CartContents, CartDiscountCode, CartLine, ShippingMethod } from '../../../src/features/cart/contents.ts'

export const line = (given: Partial<CartLine> = {}): CartLine => ({
  skuId: crypto.randomUUID(),
  productId: crypto.randomUUID(),
  productSlug: 'teapot',
  title: 'Teapot',
  description: '',
  skuCode: 'TEAPOT',
  color: null,
  size: null,
  quantity: 1,
  unitAmount: 1_000,
  inventoryState: 'in_stock',
  onHand: null,
  reserved: 0,
  ownReserved: 0,
  image: null,
  ...given,
})

export const discountCode = (given: Partial<CartDiscountCode> = {}): CartDiscountCode => ({
  id: crypto.randomUUID(),
  code: 'TEN',
  description: 'Ten percent off',
  kind: 'percent',
  percentOff: 10,
  amountOff: null,
  currency: null,
  minimumSubtotalAmount: 0,
  validFrom: null,
  validUntil: null,
  redemptionLimit: null,
  perCustomerLimit: null,
  combinable: true,
  active: true,
  reservedCount: 0,
  redeemedCount: 0,
  ownReservedCount: 0,
  usedByCustomer: 0,
  ...given,
})

export const shippingMethod = (given: Partial<ShippingMethod> = {}): ShippingMethod => ({
  id: crypto.randomUUID(),
  code: 'standard',
  name: 'Standard',
  description: '',
  carrier: 'Post',
  amount: 500,
  currency: 'usd',
  trackingUrlTemplate: null,
  minDays: 2,
  maxDays: 4,
  ...given,
})

export const contents = (given: Partial<CartContents> = {}): CartContents => ({
  id: crypto.randomUUID(),
  version: 1,
  lines: [],
  discountCodes: [],
  shippingMethod: null,
  shippingMethodChosen: false,
  ...given,
})

export const AT = { now: new Date('2026-06-01T12:00:00Z'), currency: 'usd' }
