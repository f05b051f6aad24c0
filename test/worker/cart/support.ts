import type { Client } from '../support/client.ts'
import { db } from '../support/shop.ts'

export const usd = (amount: number) => ({ amount, currency: 'usd' })

/** The carts that the database has of a visitor. */
export async function cartsOf(visitor: Client) {
  const [id] = visitor.cookies.get('mercat_visitor')!.split('.')
  return db`SELECT id, version FROM carts WHERE visitor_id = ${id}`
}
