import type { discountCodes } from '../../src/db/schema/cart.ts'
import { stableId } from './stable-id.ts'

type DiscountCode = typeof discountCodes.$inferInsert

const MADE_AT = '2025-01-15T08:00:00Z'

const discount = (row: Omit<DiscountCode, 'id' | 'createdAt'>): DiscountCode => ({
  id: stableId(`discount:${row.code}`, MADE_AT),
  createdAt: new Date(MADE_AT),
  ...row,
})

/** At least one of every kind and of every reason to refuse. Amounts in US cents. */
export const discountCodeRows: DiscountCode[] = [
  discount({ code: 'WELCOME10', description: '10 % off your order', kind: 'percent', percentOff: 10 }),
  discount({ code: 'TAKE5', description: '$5 off your order', kind: 'fixed', amountOff: 500, currency: 'usd' }),
  discount({ code: 'FREESHIP', description: 'Free shipping', kind: 'free_shipping', combinable: true }),
  discount({
    code: 'HALFSHIP',
    description: '$3 off shipping',
    kind: 'reduced_shipping',
    amountOff: 300,
    currency: 'usd',
    combinable: true,
  }),
  discount({
    code: 'NEIGHBOUR5',
    description: '5 % off, on top of other codes',
    kind: 'percent',
    percentOff: 5,
    combinable: true,
  }),
  discount({
    code: 'BIG20',
    description: '20 % off orders from $100',
    kind: 'percent',
    percentOff: 20,
    minimumSubtotalAmount: 10_000,
  }),
  discount({
    code: 'GRANDOPENING',
    description: '25 % off in our opening week',
    kind: 'percent',
    percentOff: 25,
    validFrom: new Date('2025-01-15T00:00:00Z'),
    validUntil: new Date('2025-01-22T00:00:00Z'),
  }),
  discount({
    code: 'NEWDECADE',
    description: '30 % off in January 2030',
    kind: 'percent',
    percentOff: 30,
    validFrom: new Date('2030-01-01T00:00:00Z'),
    validUntil: new Date('2030-02-01T00:00:00Z'),
  }),
  discount({
    code: 'FIRST100',
    description: '$10 off for the first hundred orders',
    kind: 'fixed',
    amountOff: 1000,
    currency: 'usd',
    minimumSubtotalAmount: 2_500,
    redemptionLimit: 100,
  }),
  discount({
    code: 'LASTONE',
    description: '$15 off, one single time',
    kind: 'fixed',
    amountOff: 1500,
    currency: 'usd',
    redemptionLimit: 1,
  }),
  discount({
    code: 'ONCEEACH',
    description: '15 % off, once for every customer',
    kind: 'percent',
    percentOff: 15,
    perCustomerLimit: 1,
  }),
  discount({
    code: 'RETIRED',
    description: 'A code that was withdrawn',
    kind: 'percent',
    percentOff: 50,
    active: false,
  }),
]
