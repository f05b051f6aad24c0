-- Two lines each at 1,000 and 2,000, shipping at 590.
INSERT INTO checkouts (id, cart_version, member_id, visitor_id, email, locale, status, fingerprint, stripe_session_id, stripe_session_url,
  currency, item_subtotal_amount, item_discount_amount, shipping_amount, shipping_discount_amount, total_amount,
  shipping_method_id, shipping_method_name, shipping_carrier, tracking_url_template, terms_of_sale_version, agreed_with_terms_at,
  created_at, expires_at, closed_at, cart_cleared_at, next_sweep_at)
SELECT growth.checkout(n), 3, CASE WHEN n % 2 = 1 THEN growth.member(growth.buyer(n)) END, growth.uid('visitor', n, growth.checkout_ms(n)),
  CASE WHEN n % 2 = 1 THEN 'growth.member.' || growth.buyer(n) || '@example.com' END, 'en',
  CASE WHEN n <= :orders THEN 'complete' ELSE 'expired' END,
  md5('cart' || n) || md5('print' || n), 'cs_test_growth' || md5('session' || n) || n, NULL,
  'usd', 3000, 0, 590, 0, 3590, method.id, method.name, method.carrier, method.tracking_url_template, 'sale-1',
  at.moment, at.moment, at.moment + interval '1 hour', at.moment + interval '5 minutes',
  CASE WHEN n <= :orders THEN at.moment + interval '5 minutes' END, at.moment + interval '2 hours'
FROM generate_series(1, :orders + :orders / 3) n,
  LATERAL (SELECT to_timestamp(growth.checkout_ms(n) / 1000::float8) AS moment) at,
  (SELECT * FROM shipping_methods WHERE code = 'standard') method;

INSERT INTO checkout_items (id, checkout_id, sku_id, product_id, product_slug, sku_code, title, description, position, quantity, unit_amount, discount_amount, line_total_amount)
SELECT growth.uid('checkout-item' || k, n, growth.checkout_ms(n)), growth.checkout(n), growth.sku(line.sku),
  growth.product((line.sku + 2) / 3), 'growth-product-' || (line.sku + 2) / 3, 'GROWTH-' || line.sku, 'A thing', 'A variant', k, 1 + k, 1000, 0, 1000 * (1 + k)
FROM generate_series(1, :orders + :orders / 3) n, generate_series(0, 1) k,
  LATERAL (SELECT growth.line_sku(n, k) AS sku OFFSET 0) line;

INSERT INTO orders (id, identifier, checkout_id, member_id, prospect_id, email, customer_name, locale, currency, item_subtotal_amount,
  item_discount_amount, shipping_amount, shipping_discount_amount, tax_amount, total_amount, payment_state, terms_of_sale_version, agreed_with_terms_at, placed_at)
SELECT growth.order(n), 'GROWTH-' || n, growth.checkout(n), CASE WHEN n % 2 = 1 THEN growth.member(growth.buyer(n)) END,
  CASE WHEN n % 2 = 0 THEN growth.prospect(growth.buyer(n)) END,
  CASE WHEN n % 2 = 1 THEN 'growth.member.' ELSE 'growth.guest.' END || growth.buyer(n) || '@example.com', 'Customer No. ' || growth.buyer(n),
  'en', 'usd', 3000, 0, 590, 0, 0, 3590, CASE WHEN n % 50 = 1 THEN 'partially-refunded' ELSE 'paid' END, 'sale-1', growth.at(n, :orders), growth.at(n, :orders)
FROM generate_series(1, :orders) n;

INSERT INTO order_items (id, order_id, sku_id, product_id, product_slug, sku_code, title, description, position, quantity, unit_amount, discount_amount, line_total_amount)
SELECT growth.uid('order-item' || k, n, growth.ms(n, :orders)), growth.order(n), growth.sku(line.sku),
  growth.product((line.sku + 2) / 3), 'growth-product-' || (line.sku + 2) / 3, 'GROWTH-' || line.sku, 'A thing', 'A variant', k, 1 + k, 1000, 0, 1000 * (1 + k)
FROM generate_series(1, :orders) n, generate_series(0, 1) k,
  LATERAL (SELECT growth.line_sku(n, k) AS sku OFFSET 0) line;

INSERT INTO order_payments (id, order_id, stripe_payment_intent_id, stripe_session_id, payment_method_type, amount, currency, paid_at)
SELECT growth.uid('payment', n, growth.ms(n, :orders)), growth.order(n), 'pi_growth' || md5('intent' || n) || n, 'cs_test_growth' || md5('session' || n) || n, 'card', 3590, 'usd', growth.at(n, :orders)
FROM generate_series(1, :orders) n;

INSERT INTO order_refunds (id, order_id, stripe_refund_id, amount, currency, status, created_at)
SELECT growth.uid('refund', n, growth.ms(n, :orders)), growth.order(n), 're_growth' || n, 1000, 'usd', 'succeeded', growth.at(n, :orders)
FROM generate_series(1, :orders, 50) n;

INSERT INTO order_shipping_addresses (id, order_id, name, line1, city, state, postal_code, country)
SELECT growth.uid('ship-to', n, growth.ms(n, :orders)), growth.order(n), 'Customer No. ' || growth.buyer(n), n || ' Main Street', 'Springfield', 'OR', '97477', 'US'
FROM generate_series(1, :orders) n;

INSERT INTO order_billing_addresses (id, order_id, name, line1, city, state, postal_code, country)
SELECT growth.uid('bill-to', n, growth.ms(n, :orders)), growth.order(n), 'Customer No. ' || growth.buyer(n), n || ' Main Street', 'Springfield', 'OR', '97477', 'US'
FROM generate_series(1, :orders) n;

INSERT INTO order_statuses (id, order_id, status, created_at)
SELECT growth.uid('status' || k, n, growth.ms(n, :orders) + k * 3600000), growth.order(n), CASE k WHEN 0 THEN 'accepted' ELSE 'shipped' END,
  growth.at(n, :orders) + k * interval '1 hour'
FROM generate_series(1, :orders) n, generate_series(0, 1) k;

INSERT INTO order_shipping_methods (id, order_id, shipping_method_id, name, carrier, amount, tracking_url_template, tracking_number)
SELECT growth.uid('ship-by', n, growth.ms(n, :orders)), growth.order(n), method.id, method.name, method.carrier, method.amount, method.tracking_url_template, '1Z' || n
FROM generate_series(1, :orders) n, (SELECT * FROM shipping_methods WHERE code = 'standard') method;

INSERT INTO order_discounts (order_id, discount_code_id, code, kind, description, amount)
SELECT growth.order(n), d.id, d.code, d.kind, d.description, 0 FROM generate_series(1, :orders, 10) n, (SELECT * FROM discount_codes ORDER BY code LIMIT 1) d;

INSERT INTO checkout_discounts (checkout_id, discount_code_id, code, kind, description, amount, customer_key)
SELECT growth.checkout(n), d.id, d.code, d.kind, d.description, 0,
  customer_key(CASE WHEN n % 2 = 1 THEN 'growth.member.' ELSE 'growth.guest.' END || growth.buyer(n) || '@example.com')
FROM generate_series(1, :orders, 10) n, (SELECT * FROM discount_codes ORDER BY code LIMIT 1) d;
