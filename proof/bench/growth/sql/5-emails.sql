-- A confirmation for every order, and a welcome for every member.
INSERT INTO email_outbox (id, em_cd, order_id, to_address, request_id, status, attempts, lease_id, handed_over_at, next_sweep_at, created_at, sent_at)
SELECT growth.uid('email', n, growth.ms(n, :orders)), CASE WHEN n % 2 = 1 THEN 'order_confirmation_member' ELSE 'order_confirmation_prospect' END,
  growth.order(n), CASE WHEN n % 2 = 1 THEN 'growth.member.' ELSE 'growth.guest.' END || growth.buyer(n) || '@example.com',
  growth.uid('request', n, growth.ms(n, :orders))::text, 'sent', 1, growth.uid('lease', n, growth.ms(n, :orders)), growth.at(n, :orders),
  growth.at(n, :orders) + interval '1 minute', growth.at(n, :orders), growth.at(n, :orders)
FROM generate_series(1, :orders) n;

INSERT INTO email_outbox (id, em_cd, to_address, variables, status, attempts, next_sweep_at, created_at, sent_at)
SELECT growth.uid('welcome', n, growth.ms(n, :members)), 'welcome_verification', 'growth.member.' || n || '@example.com', jsonb_build_object('mb_cd', 'GM' || n),
  'sent', 1, growth.at(n, :members), growth.at(n, :members), growth.at(n, :members)
FROM generate_series(1, :members) n;

-- Every hundredth checkout that came to nothing was a bank debit that failed.
INSERT INTO email_outbox (id, em_cd, to_address, variables, status, attempts, next_sweep_at, created_at, sent_at)
SELECT growth.uid('failed', n, growth.checkout_ms(n)), 'payment_failed', 'growth.guest.' || growth.buyer(n) || '@example.com',
  jsonb_build_object('checkout_id', growth.checkout(n)), 'sent', 1, growth.at(1, 1), growth.at(1, 1), growth.at(1, 1)
FROM generate_series(:orders + 1, :orders + :orders / 3, 100) n;

INSERT INTO emails_sent (id, outbox_id, order_id, em_cd, to_address, message_id, transport, sent_at)
SELECT growth.uid('sent', n, (extract(epoch FROM sent_at) * 1000)::bigint), id, order_id, em_cd, to_address, '<' || id || '@shop.example>', 'cloudflare', sent_at
FROM (SELECT *, row_number() OVER () AS n FROM email_outbox WHERE status = 'sent') e;

INSERT INTO webhook_events (id, type, object_id, outcome, payload_hash, order_id, created_at, received_at)
SELECT 'evt_growth' || md5('event' || n) || n, CASE WHEN n <= :orders THEN 'checkout.session.completed' ELSE 'checkout.session.expired' END,
  'cs_test_growth' || md5('session' || n) || n, 'processed', md5('body' || n) || md5('b' || n), CASE WHEN n <= :orders THEN growth.order(n) END,
  to_timestamp(growth.checkout_ms(n) / 1000::float8), to_timestamp(growth.checkout_ms(n) / 1000::float8)
FROM generate_series(1, :orders + :orders / 3) n;

-- The event of every order, and an alert for every hundredth, most of them resolved.
INSERT INTO events (id, type, version, subject_kind, subject_id, data, request_id, occurred_at)
SELECT growth.uid('happened', n, growth.ms(n, :orders)), 'order-placed', 1, 'order', growth.order(n)::text,
  jsonb_build_object('order', 'ORD-' || n, 'total', 1000, 'currency', 'usd'), growth.uid('request', n, growth.ms(n, :orders))::text, growth.at(n, :orders)
FROM generate_series(1, :orders) n;

INSERT INTO operator_alerts (id, code, subject_kind, subject_id, first_raised_at, last_raised_at, told_at, resolved_at, resolved_by)
SELECT growth.uid('alert', n, growth.ms(n, :orders)), 'payment-unmatched', 'checkout-session', 'cs_test_growth' || n,
  growth.at(n, :orders), growth.at(n, :orders), growth.at(n, :orders), CASE WHEN n % 10 > 0 THEN growth.at(n, :orders) + interval '1 hour' END,
  CASE WHEN n % 10 > 0 THEN 'jane' END
FROM generate_series(1, :orders, 100) n;
