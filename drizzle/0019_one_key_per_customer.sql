-- Custom SQL migration file, put your code below! ---- Everything about a cart that decides what it shows and costs; src/features/cart/queries.ts reads the JSON. It is a
-- function because PostgreSQL keeps a function's plan as long as the connection lives: sent as a statement, the same
-- text takes three times as long to plan as to run. `moment` says which prices hold.
CREATE OR REPLACE FUNCTION cart_of(of_cart uuid, shop_currency char, moment timestamptz) RETURNS json
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
RETURN (SELECT json_build_object(
  'id', c.id, 'version', c.version, 'chosenMethodId', c.shipping_method_id,
  'lines', coalesce((
    SELECT json_agg(json_build_object(
      'skuId', i.sku_id, 'quantity', i.quantity,
      'unitAmount', (
        SELECT price.amount FROM sku_prices price
        WHERE price.sku_id = i.sku_id AND price.currency = shop_currency AND price.effective_at <= moment
        ORDER BY price.effective_at DESC LIMIT 1),
      'productId', CASE WHEN product.active THEN product.id END,
      'productSlug', CASE WHEN product.active THEN product.slug END,
      'title', coalesce(product.title, s.code),
      'skuCode', s.code, 'description', s.description, 'color', s.color, 'size', s.size,
      'inventoryState', s.inventory_state, 'onHand', s.on_hand, 'reserved', s.reserved,
      'ownReserved', coalesce(held.quantity, 0), 'image', image.json
    ) ORDER BY i.added_at, i.sku_id)
    FROM cart_items i
    JOIN skus s ON s.id = i.sku_id
    -- Of several products that hold the SKU an active one is shown, the chosen one first; a withdrawn one still lends its
    -- title.
    LEFT JOIN LATERAL (
      SELECT p.id, p.slug, p.title, p.status = 'active' AS active
      FROM product_skus ps JOIN products p ON p.id = ps.product_id
      WHERE ps.sku_id = i.sku_id
      ORDER BY p.status = 'active' DESC, p.id IS NOT DISTINCT FROM i.product_id DESC, ps.position, p.id LIMIT 1) product ON true
    LEFT JOIN LATERAL (
      SELECT json_build_object('url', url, 'caption', caption) AS json FROM (
        SELECT url, caption, 0 AS rank, position, id FROM sku_images WHERE sku_id = i.sku_id
        UNION ALL
        SELECT url, caption, CASE WHEN is_main THEN 1 ELSE 2 END, position, id
        FROM product_images WHERE product_id = product.id
      ) candidates ORDER BY rank, position, id LIMIT 1) image ON true
    LEFT JOIN checkout_items held ON held.checkout_id = own.id AND held.sku_id = i.sku_id
    WHERE i.cart_id = c.id), '[]'),
  'discountCodes', coalesce((
    SELECT json_agg(json_build_object(
      'id', d.id, 'code', d.code, 'description', d.description, 'kind', d.kind, 'percentOff', d.percent_off,
      'amountOff', d.amount_off, 'currency', d.currency, 'minimumSubtotalAmount', d.minimum_subtotal_amount,
      'validFrom', d.valid_from, 'validUntil', d.valid_until, 'redemptionLimit', d.redemption_limit,
      'perCustomerLimit', d.per_customer_limit, 'combinable', d.combinable, 'active', d.active,
      'reservedCount', d.reserved_count, 'redeemedCount', d.redeemed_count,
      'ownReservedCount', CASE WHEN held.discount_code_id IS NULL THEN 0 ELSE 1 END,
      'usedByCustomer', CASE WHEN d.per_customer_limit IS NULL OR c.member_id IS NULL THEN 0 ELSE redemptions_by(
        customer_key((SELECT m.email FROM members m WHERE m.id = c.member_id)), c.member_id, d.id, own.id) END
    ) ORDER BY cd.added_at, d.id)
    FROM cart_discount_codes cd
    JOIN discount_codes d ON d.id = cd.discount_code_id
    LEFT JOIN checkout_discounts held ON held.checkout_id = own.id AND held.discount_code_id = d.id
    WHERE cd.cart_id = c.id), '[]'),
  'shippingMethod', (
    SELECT json_build_object(
      'id', m.id, 'code', m.code, 'name', m.name, 'description', m.description, 'carrier', m.carrier,
      'amount', m.amount, 'currency', m.currency, 'trackingUrlTemplate', m.tracking_url_template,
      'minDays', m.min_days, 'maxDays', m.max_days)
    FROM shipping_methods m
    WHERE m.active AND m.currency = shop_currency
    ORDER BY (m.id = c.shipping_method_id) IS TRUE DESC, m.position, m.code LIMIT 1))
FROM carts c
LEFT JOIN checkouts own ON own.cart_id = c.id AND own.status = 'open'
WHERE c.id = of_cart);
END
$$;
--> statement-breakpoint
-- Whom a per-customer limit counts: the address as `canonicalOf` (db/canonical.ts) has it, without the tag that some mail
-- services let anybody append (`jane+shop@` is `jane@`). A digest, so that nobody is named where none has to be. Null for
-- null.
CREATE OR REPLACE FUNCTION customer_key(email text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
  SELECT 'email:' || encode(
    sha256(convert_to(regexp_replace(lower(email COLLATE "C"), '(?<=.)[+].*(?=@[^@]*$)', ''), 'UTF8')), 'hex')
$$;
--> statement-breakpoint
-- Gives back what one checkout holds and takes what another asks for; either may be null. Locks discount codes, then SKUs,
-- each by id; hot SKU rows come last, so that they are held for two statements and the commit.
-- Raises `discount_redemptions_within_limit`, `discount_limit_per_customer`, `stock_never_oversold`.
CREATE OR REPLACE FUNCTION move_reservations(from_checkout uuid, to_checkout uuid) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  PERFORM id FROM discount_codes
  WHERE id IN (SELECT discount_code_id FROM checkout_discounts WHERE checkout_id IN (from_checkout, to_checkout))
  ORDER BY id FOR NO KEY UPDATE;
  IF FOUND THEN
    UPDATE discount_codes d SET reserved_count = d.reserved_count + moved.count
    FROM (
      SELECT discount_code_id, sum(CASE WHEN checkout_id = to_checkout THEN 1 ELSE -1 END) AS count
      FROM checkout_discounts WHERE checkout_id IN (from_checkout, to_checkout) GROUP BY discount_code_id) moved
    WHERE d.id = moved.discount_code_id;
    PERFORM assert_that(
      redemptions_by(asked.customer_key, c.member_id, d.id, NULL) <= d.per_customer_limit, 'discount_limit_per_customer')
    FROM checkout_discounts asked
    JOIN checkouts c ON c.id = asked.checkout_id
    JOIN discount_codes d ON d.id = asked.discount_code_id
    WHERE asked.checkout_id = to_checkout AND asked.customer_key IS NOT NULL AND d.per_customer_limit IS NOT NULL;
  END IF;
  PERFORM id FROM skus
  WHERE id IN (SELECT sku_id FROM checkout_items WHERE checkout_id IN (from_checkout, to_checkout))
  ORDER BY id FOR NO KEY UPDATE;
  UPDATE skus s SET reserved = s.reserved + moved.quantity
  FROM (
    SELECT sku_id, sum(CASE WHEN checkout_id = to_checkout THEN quantity ELSE -quantity END) AS quantity
    FROM checkout_items WHERE checkout_id IN (from_checkout, to_checkout) GROUP BY sku_id) moved
  WHERE s.id = moved.sku_id;
END
$$;
--> statement-breakpoint
-- How often a customer has redeemed a code or holds it in a checkout: under this key, and as this member whatever the
-- address was then. Either may be null; `apart_from` is a checkout that does not count.
CREATE OR REPLACE FUNCTION redemptions_by(the_key text, the_member uuid, the_code uuid, apart_from uuid)
RETURNS bigint LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
RETURN (
  SELECT count(*) FROM (
    SELECT d.checkout_id FROM checkout_discounts d WHERE d.discount_code_id = the_code AND d.customer_key = the_key
    UNION
    SELECT d.checkout_id FROM checkouts c
    JOIN checkout_discounts d ON d.checkout_id = c.id AND d.discount_code_id = the_code
    WHERE c.member_id = the_member
  ) used JOIN checkouts c ON c.id = used.checkout_id
  WHERE c.status IN ('open', 'processing', 'complete') AND c.id IS DISTINCT FROM apart_from);
END
$$;
--> statement-breakpoint
-- Writes the snapshot of a cart and reserves what it asks for. `replaced` is the open checkout of the same cart whose
-- place it takes, `customer` the member's customer at Stripe when this checkout is the first to know it. Locks are taken
-- in the order cart, checkout, member, discount codes, SKUs.
-- Raises `cart_unchanged`, `checkout_one_open_per_cart`, `checkout_once_per_idempotency_key`, `checkouts_pkey`, and what
-- `close_checkout` and `move_reservations` raise.
CREATE OR REPLACE FUNCTION start_checkout(checkout jsonb, items jsonb, discounts jsonb, replaced uuid, customer jsonb)
RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  snapshot checkouts := jsonb_populate_record(NULL::checkouts, checkout);
  version_now integer;
BEGIN
  SELECT version INTO version_now FROM carts WHERE id = snapshot.cart_id FOR NO KEY UPDATE;
  PERFORM assert_that(version_now = snapshot.cart_version, 'cart_unchanged');
  IF replaced IS NOT NULL THEN
    PERFORM close_checkout(replaced, '{open}', 'expired', snapshot.created_at, NULL, NULL);
  END IF;
  IF customer IS NOT NULL THEN
    UPDATE members SET stripe_customer_id = customer ->> 'id'
    WHERE id = snapshot.member_id AND stripe_customer_id IS NOT DISTINCT FROM customer ->> 'replaces';
  END IF;
  INSERT INTO checkouts (id, cart_id, cart_version, member_id, visitor_id, email, locale, fingerprint, idempotency_key,
    stripe_customer_id, currency, item_subtotal_amount, item_discount_amount, shipping_amount, shipping_discount_amount,
    total_amount, tax_included, shipping_method_id, shipping_method_name, shipping_carrier, tracking_url_template,
    terms_of_sale_version, agreed_with_terms_at, created_at, expires_at, next_sweep_at)
  VALUES (snapshot.id, snapshot.cart_id, snapshot.cart_version, snapshot.member_id, snapshot.visitor_id,
    snapshot.email, snapshot.locale, snapshot.fingerprint, snapshot.idempotency_key, snapshot.stripe_customer_id,
    snapshot.currency, snapshot.item_subtotal_amount, snapshot.item_discount_amount, snapshot.shipping_amount,
    snapshot.shipping_discount_amount, snapshot.total_amount, snapshot.tax_included, snapshot.shipping_method_id,
    snapshot.shipping_method_name, snapshot.shipping_carrier, snapshot.tracking_url_template,
    snapshot.terms_of_sale_version, snapshot.agreed_with_terms_at, snapshot.created_at, snapshot.expires_at,
    snapshot.next_sweep_at);
  INSERT INTO checkout_items (checkout_id, sku_id, product_id, product_slug, title, description, sku_code, color,
    size, image_url, image_caption, position, quantity, unit_amount, discount_amount, line_total_amount)
  SELECT snapshot.id, i.sku_id, i.product_id, i.product_slug, i.title, i.description,
    -- The Worker that is replaced while this is deployed does not send it.
    coalesce(i.sku_code, (SELECT code FROM skus WHERE id = i.sku_id)),
    i.color, i.size, i.image_url, i.image_caption, i.position, i.quantity, i.unit_amount, i.discount_amount,
    i.line_total_amount
  FROM jsonb_populate_recordset(NULL::checkout_items, items) i;
  INSERT INTO checkout_discounts (checkout_id, discount_code_id, code, kind, description, amount, customer_key)
  SELECT snapshot.id, d.discount_code_id, d.code, d.kind, d.description, d.amount, customer_key(snapshot.email)
  FROM jsonb_populate_recordset(NULL::checkout_discounts, discounts) d;
  PERFORM move_reservations(replaced, snapshot.id);
END
$$;
--> statement-breakpoint
-- Redemptions of before count under the new key wherever the address is still known.
UPDATE checkout_discounts d SET customer_key = customer_key(coalesce(c.email, m.email))
FROM checkouts c LEFT JOIN members m ON m.id = c.member_id
WHERE c.id = d.checkout_id AND d.customer_key IS NOT NULL;
