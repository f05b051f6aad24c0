import { Client } from 'pg'
import type { RunningStack } from '../stack.ts'
import type { Purchase } from './purchase.ts'
import { expectThat } from './narrator.ts'

const ORDER_ROWS = `
  select
    (select count(*) from orders where identifier = $1)::int as orders,
    (select count(*) from orders o join order_payments p on p.order_id = o.id where o.identifier = $1)::int as payments,
    (select count(*) from orders o join order_items i on i.order_id = o.id where o.identifier = $1)::int as lines,
    (select total_amount from orders where identifier = $1)::int as total,
    (select count(*) from skus where reserved < 0 or reserved > on_hand)::int as oversold`

/** Checks in the database that the order exists once, complete, and that its email was delivered once. Returns a summary. */
export async function examine(stack: RunningStack, purchase: Purchase): Promise<string> {
  const client = new Client({ connectionString: stack.services.postgres.connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, number>>(ORDER_ROWS, [purchase.identifier])
    const found = rows[0] ?? {}
    expectThat(found['orders'] === 1, `the database has ${found['orders']} orders ${purchase.identifier}`)
    expectThat(found['payments'] === 1, `the order has ${found['payments']} payments`)
    expectThat(found['lines'] === 2, `the order has ${found['lines']} lines instead of 2`)
    expectThat(found['total'] === purchase.total.amount, `the order's total is ${found['total']}`)
    expectThat(found['oversold'] === 0, 'a SKU has more reserved than on hand')
  } finally {
    await client.end()
  }
  const copies = stack.services.mailbox
    .messages()
    .filter(({ to, text }) => to.includes(purchase.email.to[0] ?? '') && text.includes(purchase.identifier))
  expectThat(copies.length === 1, `the email arrived ${copies.length} times`)
  return 'one order, one payment, two lines, one email'
}
