import { eq, sql } from 'drizzle-orm'
import type { BatchResponse } from 'drizzle-orm/batch'
import type { Db } from '../../../db/client.ts'
import { emailOutbox } from '../../../db/schema/email.ts'
import {
  orderBillingAddresses,
  orderDiscounts,
  orderItems,
  orders,
  orderShippingAddresses,
  orderShippingMethods,
  orderStatuses,
  orderStatusTypes,
} from '../../../db/schema/orders.ts'
import { members, prospects } from '../../../db/schema/people.ts'

const orderIdOf = (db: Db, outboxId: string) =>
  db.select({ orderId: emailOutbox.orderId }).from(emailOutbox).where(eq(emailOutbox.id, outboxId))

/**
 * Three statements that read the order of an outbox row, for the batch that claims the row: the order with addresses,
 * shipping method, latest status and the buyer's codes; its lines; its discounts. All are empty for other emails.
 */
export function selectOrderOf(db: Db, outboxId: string) {
  const head = db
    .select({
      order: orders,
      memberCode: members.mbCd,
      prospectCode: prospects.prCd,
      shippingAddress: orderShippingAddresses,
      billingAddress: orderBillingAddresses,
      shippingMethod: orderShippingMethods,
      status: sql<string | null>`(
        SELECT coalesce(${orderStatusTypes.label}, ${orderStatuses.status})
        FROM ${orderStatuses} LEFT JOIN ${orderStatusTypes} ON ${orderStatusTypes.code} = ${orderStatuses.status}
        WHERE ${orderStatuses.orderId} = ${orders.id} ORDER BY ${orderStatuses.id} DESC LIMIT 1)`,
    })
    .from(orders)
    .leftJoin(members, eq(members.id, orders.memberId))
    .leftJoin(prospects, eq(prospects.id, orders.prospectId))
    .leftJoin(orderShippingAddresses, eq(orderShippingAddresses.orderId, orders.id))
    .leftJoin(orderBillingAddresses, eq(orderBillingAddresses.orderId, orders.id))
    .leftJoin(orderShippingMethods, eq(orderShippingMethods.orderId, orders.id))
    .where(eq(orders.id, orderIdOf(db, outboxId)))
  const lines = db
    .select()
    .from(orderItems)
    .where(eq(orderItems.orderId, orderIdOf(db, outboxId)))
    .orderBy(orderItems.position)
  const discounts = db
    .select()
    .from(orderDiscounts)
    .where(eq(orderDiscounts.orderId, orderIdOf(db, outboxId)))
    .orderBy(orderDiscounts.code)
  return [head, lines, discounts] as const
}

type Answers = BatchResponse<ReturnType<typeof selectOrderOf>>

/** An order with everything that its emails show. */
export type OrderOfEmail = Answers[0][number] & { lines: Answers[1]; discounts: Answers[2] }
