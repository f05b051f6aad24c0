import type { shippingMethods } from '../../src/db/schema/cart.ts'
import { stableId } from './stable-id.ts'

type ShippingMethod = typeof shippingMethods.$inferInsert

const method = (row: Omit<ShippingMethod, 'id' | 'currency'>): ShippingMethod => ({
  id: stableId(`shipping:${row.code}`, '2025-01-15T08:00:00Z'),
  currency: 'usd',
  ...row,
})

export const shippingMethodRows: ShippingMethod[] = [
  method({
    code: 'standard',
    name: 'Standard',
    description: 'To your door in three to five working days',
    carrier: 'UPS',
    amount: 590,
    trackingUrlTemplate: 'https://www.ups.com/track?tracknum={tracking_number}',
    minDays: 3,
    maxDays: 5,
    position: 1,
  }),
  method({
    code: 'express',
    name: 'Express',
    description: 'Next or second working day, signed for',
    carrier: 'DHL Express',
    amount: 1490,
    trackingUrlTemplate: 'https://www.dhl.com/en/express/tracking.html?AWB={tracking_number}',
    minDays: 1,
    maxDays: 2,
    position: 2,
  }),
  method({
    code: 'economy',
    name: 'Economy',
    description: 'By post, for whoever is in no hurry',
    carrier: 'USPS',
    amount: 350,
    trackingUrlTemplate: 'https://tools.usps.com/go/TrackConfirmAction?tLabels={tracking_number}',
    minDays: 6,
    maxDays: 10,
    position: 3,
  }),
  method({
    code: 'pickup',
    name: 'Pick up at the workshop',
    description: 'Free, from the next working day, bring the order number',
    carrier: 'Casa Olivar',
    amount: 0,
    minDays: 1,
    maxDays: 1,
    position: 4,
  }),
  method({
    code: 'freight',
    name: 'Pallet freight',
    description: 'No longer offered; kept because old orders name it',
    carrier: 'DB Schenker',
    amount: 8900,
    trackingUrlTemplate: 'https://www.dbschenker.com/app/tracking-public/?refNumber={tracking_number}',
    minDays: 7,
    maxDays: 14,
    active: false,
    position: 9,
  }),
]
