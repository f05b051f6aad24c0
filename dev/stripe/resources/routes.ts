import type { Route } from '../api/route.ts'
import { checkoutSessionRoutes } from './checkout-sessions.ts'
import { couponRoutes } from './coupons.ts'
import { customerRoutes } from './customers.ts'
import { disputeRoutes } from './disputes.ts'
import { eventRoutes } from './events.ts'
import { paymentRoutes } from './payments.ts'
import { priceRoutes } from './prices.ts'
import { productRoutes } from './products.ts'
import { refundRoutes } from './refunds.ts'
import { shippingRateRoutes } from './shipping-rates.ts'

/** Every API call that the emulator answers; anything else is "Unrecognized request URL". */
export const routes: Route[] = [
  ...checkoutSessionRoutes,
  ...couponRoutes,
  ...customerRoutes,
  ...disputeRoutes,
  ...eventRoutes,
  ...paymentRoutes,
  ...priceRoutes,
  ...productRoutes,
  ...refundRoutes,
  ...shippingRateRoutes,
]
