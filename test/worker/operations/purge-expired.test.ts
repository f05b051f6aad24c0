import { expect, test } from 'vitest'
import { checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { tick } from '../support/cron.ts'
import { createMember } from '../support/member.ts'
import { db, unique } from '../support/shop.ts'
import { pay } from '../support/stripe.ts'

test('a tick deletes what has outlived its purpose, and nothing else', async () => {
  const [oldKey, freshKey] = [unique('old'), unique('fresh')]
  await db`INSERT INTO idempotency_keys (scope, key, fingerprint, created_at) VALUES
    ('test', ${oldKey}, 'f', now() - interval '25 hours'), ('test', ${freshKey}, 'f', now() - interval '23 hours')`
  const { memberId, sessionId } = await createMember()
  const [expired] = await db`INSERT INTO sessions (member_id, refresh_hash, expires_at)
    VALUES (${memberId}, 'h', now() - interval '31 days') RETURNING id`
  await db`INSERT INTO one_time_tokens (member_id, purpose, token_hash, email, expires_at)
    VALUES (${memberId}, 'reset_password', ${unique('hash')}, 'a@example.com', now() - interval '31 days')`
  const [live, spent] = [unique('live'), unique('spent')]
  await db`INSERT INTO one_time_tokens (member_id, purpose, token_hash, email, expires_at) VALUES
    (${memberId}, 'reset_password', ${live}, 'a@example.com', now() + interval '1 hour'),
    (${memberId}, 'verify_email', ${spent}, 'a@example.com', now() - interval '29 days')`
  const forgotten = (await (await createBuyer()).client.get('/v1/cart')).json.id
  const paying = await createBuyer()
  await checkOut(paying.client)
  const held = (await paying.client.get('/v1/cart')).json.id
  await db`UPDATE carts SET updated_at = now() - interval '91 days' WHERE id IN (${forgotten}, ${held})`

  await tick()

  expect(await db`SELECT key FROM idempotency_keys WHERE key IN (${oldKey}, ${freshKey})`).toEqual([{ key: freshKey }])
  expect(await db`SELECT id FROM sessions WHERE id IN (${sessionId}, ${expired!.id})`).toEqual([{ id: sessionId }])
  expect(await db`SELECT token_hash FROM one_time_tokens WHERE member_id = ${memberId} ORDER BY 1`).toEqual([
    { token_hash: live },
    { token_hash: spent },
  ])
  expect(await db`SELECT id FROM carts WHERE id IN (${forgotten}, ${held})`).toEqual([{ id: held }])
})

test('a forgotten cart stays while its bank debit is pending', async () => {
  const { client } = await createBuyer()
  const { id } = (await client.get('/v1/cart')).json
  const { checkout_id, session_id } = await checkOut(client)
  await pay(session_id, { payment_method: 'bank_debit' })
  await deliverCompleted({ id: session_id })
  expect(await db`SELECT status, cart_id FROM checkouts WHERE id = ${checkout_id}`).toEqual([
    { status: 'processing', cart_id: id },
  ])
  await db`UPDATE carts SET updated_at = now() - interval '91 days' WHERE id = ${id}`
  await tick()
  expect(await db`SELECT id FROM carts WHERE id = ${id}`).toEqual([{ id }])
})
