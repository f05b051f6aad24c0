-- Ids and moments that can be computed instead of joined: row n of a kind always has the same, so that tables are filled
-- each by one statement, in any order. Ids are UUIDs of version 7, in the order of their moments, as the shop's are.
CREATE SCHEMA growth;

CREATE FUNCTION growth.uid(kind text, n bigint, ms bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT overlay(overlay(overlay(md5(kind || n) PLACING lpad(to_hex(ms), 12, '0') FROM 1 FOR 12)
    PLACING '7' FROM 13 FOR 1) PLACING '8' FROM 17 FOR 1)::uuid
$$;

-- A number from 0 to below `size`, spread without a pattern and the same each time.
CREATE FUNCTION growth.pick(salt text, n bigint, size bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT abs(hashtextextended(salt || n, 0)) % size
$$;

-- The shop has been open for two years; everything happened evenly since. In milliseconds since 1970.
CREATE FUNCTION growth.ms(n bigint, size bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT :now_ms - 63072000000 + 63072000000 / (size + 1) * n
$$;
CREATE FUNCTION growth.at(n bigint, size bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT to_timestamp(growth.ms(n, size) / 1000::float8)
$$;

CREATE FUNCTION growth.product(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT growth.uid('product', n, growth.ms(n, :products))
$$;
-- Product n has the SKUs 3n - 2 to 3n.
CREATE FUNCTION growth.sku(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT growth.uid('sku', n, growth.ms((n + 2) / 3, :products))
$$;
CREATE FUNCTION growth.member(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT growth.uid('member', n, growth.ms(n, :members))
$$;
CREATE FUNCTION growth.prospect(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT growth.uid('prospect', n, growth.ms(n, :members))
$$;
CREATE FUNCTION growth.cart(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT growth.uid('cart', n, :now_ms - 1728000000 + 1728000000 / (:members + 1) * n)
$$;
-- Checkouts 1 to :orders became orders; those after them, as many as a third, expired between.
CREATE FUNCTION growth.checkout_ms(n bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT growth.ms(CASE WHEN n <= :orders THEN n ELSE (n - :orders) * 3 - 1 END, :orders)
$$;
CREATE FUNCTION growth.checkout(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT growth.uid('checkout', n, growth.checkout_ms(n))
$$;
CREATE FUNCTION growth.order(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT growth.uid('order', n, growth.ms(n, :orders))
$$;
-- Odd orders are members', even ones guests'.
CREATE FUNCTION growth.buyer(n bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT 1 + growth.pick('buyer', n, :members)
$$;
CREATE FUNCTION growth.line_sku(n bigint, line bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT 1 + (growth.pick('line', n, :products * 3) + line * 7) % (:products * 3)
$$;
