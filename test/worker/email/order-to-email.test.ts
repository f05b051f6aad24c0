import { expect, it } from 'vitest'
import { checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { createClient } from '../support/client.ts'
import { deliverEmail } from '../support/email.ts'
import { oneEmailTo } from '../support/mailbox.ts'
import { db, unique } from '../support/shop.ts'
import { pay, stripe } from '../support/stripe.ts'

it('a guest who paid gets one confirmation, and its link opens the order for whoever has it', async () => {
  const email = `${unique('guest')}@example.com`
  const { client, sku } = await createBuyer({ quantity: 2 })
  const { session_id: sessionId } = await checkOut(client)
  await pay(sessionId, { email })
  const session = await stripe.checkout.sessions.retrieve(sessionId)
  const [first] = await Promise.all([deliverCompleted(session), deliverCompleted(session)])
  const identifier: string = first.json.order_identifier

  const rows = await db`
    SELECT email_outbox.id FROM email_outbox JOIN orders ON orders.id = order_id WHERE identifier = ${identifier}`
  expect(rows).toHaveLength(1)
  await Promise.all([deliverEmail(rows[0]!.id), deliverEmail(rows[0]!.id)])

  const received = await oneEmailTo(email)
  expect(received.text).toContain(`2 x ${sku.title}`)
  const link = new URL(/View your order: (\S+)/.exec(received.text)![1]!)
  const answer = await createClient().get(`/v1/orders/${identifier}${link.search}`)
  expect(answer.status, answer.text).toBe(200)
  expect(answer.json.identifier).toBe(identifier)
})
