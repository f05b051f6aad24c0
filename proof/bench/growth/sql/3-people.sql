INSERT INTO members (id, username, email, mb_cd, password_hash, first_name, last_name, email_verified_at, stripe_customer_id, created_at, updated_at)
SELECT growth.member(n), 'growth.member.' || n, 'growth.member.' || n || '@example.com', 'GM' || n,
  'scrypt$16384$8$5$' || md5('salt' || n) || '$' || md5('a' || n) || md5('b' || n), 'Member', 'No. ' || n,
  CASE WHEN n % 10 > 0 THEN growth.at(n, :members) END, CASE WHEN n % 2 = 1 THEN 'cus_growth' || n END,
  growth.at(n, :members), growth.at(n, :members)
FROM generate_series(1, :members) n;

INSERT INTO sessions (id, member_id, generation, refresh_hash, rotated_at, user_agent, created_at, last_seen_at, expires_at, ended_at)
SELECT growth.uid('session' || k, n, :now_ms - 864000000), growth.member(n), 3, md5('refresh' || k || n) || md5('r' || n),
  timestamptz ':now' - interval '1 day', 'Firefox on Linux', timestamptz ':now' - interval '10 days', timestamptz ':now' - interval '1 day',
  timestamptz ':now' + interval '20 days', CASE WHEN k = 1 THEN timestamptz ':now' - interval '1 day' END
FROM generate_series(1, :members) n, generate_series(0, 1) k WHERE k = 0 OR n % 2 = 0;

INSERT INTO one_time_tokens (id, member_id, purpose, token_hash, email, created_at, expires_at)
SELECT growth.uid('token', n, :now_ms), growth.member(n), 'verify_email', md5('token' || n) || md5('t' || n),
  'growth.member.' || n || '@example.com', timestamptz ':now' - interval '1 hour', timestamptz ':now' + interval '23 hours'
FROM generate_series(1, :members, 10) n;

INSERT INTO member_default_addresses (member_id, name, line1, city, postal_code, country, updated_at)
SELECT growth.member(n), 'Member No. ' || n, n || ' Main Street', 'Springfield', '97477', 'US', growth.at(n, :members)
FROM generate_series(1, :members, 2) n;

INSERT INTO terms_agreements (member_id, version, agreed_at)
SELECT growth.member(n), version, growth.at(n, :members)
FROM generate_series(1, :members) n, (SELECT version FROM terms_versions WHERE kind = 'use' ORDER BY effective_at LIMIT 1) terms;

INSERT INTO prospects (id, email, name, pr_cd, comment, first_seen_at)
SELECT growth.prospect(n), 'growth.guest.' || n || '@example.com', 'Guest No. ' || n, 'GP' || n, 'First bought with an order', growth.at(n, :members)
FROM generate_series(1, :members) n;

-- Every second member has a cart, and as many visitors.
INSERT INTO carts (id, member_id, visitor_id, version, created_at, updated_at)
SELECT growth.cart(n), CASE WHEN n % 2 = 1 THEN growth.member(n) END, CASE WHEN n % 2 = 0 THEN growth.uid('visitor', n, :now_ms) END,
  4, timestamptz ':now' - interval '5 days', timestamptz ':now' - interval '20 days' + interval '20 days' * (n::float8 / (:members + 1))
FROM generate_series(1, :members) n;

INSERT INTO cart_items (cart_id, sku_id, quantity, added_at)
SELECT growth.cart(n), growth.sku(growth.line_sku(n, k)), 1 + n % 3, timestamptz ':now' - interval '5 days'
FROM generate_series(1, :members) n, generate_series(0, 2) k;

INSERT INTO idempotency_keys (scope, key, fingerprint, created_at)
SELECT 'add-cart-item:member:' || growth.member(n), 'key-' || n, md5('body' || n), timestamptz ':now' - interval '20 hours' + n * interval '10 milliseconds'
FROM generate_series(1, :members, 4) n;
