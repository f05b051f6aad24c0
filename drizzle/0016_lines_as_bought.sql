ALTER TABLE "cart_items" ADD COLUMN "product_id" uuid;--> statement-breakpoint
ALTER TABLE "checkout_items" ADD COLUMN "sku_code" text;--> statement-breakpoint
ALTER TABLE "checkout_items" ADD COLUMN "color" text;--> statement-breakpoint
ALTER TABLE "checkout_items" ADD COLUMN "size" text;--> statement-breakpoint
ALTER TABLE "checkout_items" ADD COLUMN "image_url" text;--> statement-breakpoint
ALTER TABLE "checkout_items" ADD COLUMN "image_caption" text;--> statement-breakpoint
-- What earlier lines showed was not kept; the catalogue of today is the best that is known.
UPDATE checkout_items line SET sku_code = was.code, color = was.color, size = was.size, image_url = was.url, image_caption = was.caption
FROM (
  SELECT i.id, s.code, s.color, s.size, image.url, image.caption
  FROM checkout_items i JOIN skus s ON s.id = i.sku_id
  LEFT JOIN LATERAL (
    SELECT url, caption FROM (
      SELECT url, caption, 0 AS rank, position, id FROM sku_images WHERE sku_id = i.sku_id
      UNION ALL
      SELECT url, caption, CASE WHEN is_main THEN 1 ELSE 2 END, position, id FROM product_images WHERE product_id = i.product_id
    ) candidates ORDER BY rank, position, id LIMIT 1) image ON true) was
WHERE was.id = line.id;--> statement-breakpoint
ALTER TABLE "checkout_items" ALTER COLUMN "sku_code" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "order_items" ADD COLUMN "sku_code" text;--> statement-breakpoint
ALTER TABLE "order_items" ADD COLUMN "color" text;--> statement-breakpoint
ALTER TABLE "order_items" ADD COLUMN "size" text;--> statement-breakpoint
ALTER TABLE "order_items" ADD COLUMN "image_url" text;--> statement-breakpoint
ALTER TABLE "order_items" ADD COLUMN "image_caption" text;--> statement-breakpoint
-- What earlier lines showed was not kept; the catalogue of today is the best that is known.
UPDATE order_items line SET sku_code = was.code, color = was.color, size = was.size, image_url = was.url, image_caption = was.caption
FROM (
  SELECT i.id, s.code, s.color, s.size, image.url, image.caption
  FROM order_items i JOIN skus s ON s.id = i.sku_id
  LEFT JOIN LATERAL (
    SELECT url, caption FROM (
      SELECT url, caption, 0 AS rank, position, id FROM sku_images WHERE sku_id = i.sku_id
      UNION ALL
      SELECT url, caption, CASE WHEN is_main THEN 1 ELSE 2 END, position, id FROM product_images WHERE product_id = i.product_id
    ) candidates ORDER BY rank, position, id LIMIT 1) image ON true) was
WHERE was.id = line.id;--> statement-breakpoint
ALTER TABLE "order_items" ALTER COLUMN "sku_code" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "cart_items" ADD CONSTRAINT "cart_items_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
DROP FUNCTION add_cart_item(uuid,uuid,uuid,uuid,integer,integer,character,timestamp with time zone,text,text,text);
--> statement-breakpoint
-- Adds units of a SKU to the cart of a member or a visitor, which is opened as `new_cart` when there is none, and answers
-- the cart as `cart_of` does. One statement with plans that are kept, instead of five that are planned each time.
-- `from_product` is the product that the SKU was chosen from, if the caller says; a later choice takes the place of an
-- earlier one. Raises `request_once_per_idempotency_key` first of all, `cart_items_sku_id_skus_id_fk`,
-- `cart_items_product_id_products_id_fk`, `cart_quantity_within_limit`, and what `assert_addable` raises. The cart's row
-- stays locked, so that changes of one cart run one by one.
CREATE OR REPLACE FUNCTION add_cart_item(
  of_member uuid, of_visitor uuid, new_cart uuid, the_sku uuid, units integer, lines_max integer,
  shop_currency char, moment timestamptz, request_scope text, request_key text, request_fingerprint text,
  from_product uuid DEFAULT NULL
) RETURNS json LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  to_cart uuid;
BEGIN
  INSERT INTO idempotency_keys (scope, key, fingerprint) VALUES (request_scope, request_key, request_fingerprint);
  IF of_member IS NULL THEN
    INSERT INTO carts (id, visitor_id) VALUES (new_cart, of_visitor)
    ON CONFLICT (visitor_id) DO UPDATE SET version = carts.version + 1, updated_at = now()
    RETURNING id INTO to_cart;
  ELSE
    INSERT INTO carts (id, member_id) VALUES (new_cart, of_member)
    ON CONFLICT (member_id) DO UPDATE SET version = carts.version + 1, updated_at = now()
    RETURNING id INTO to_cart;
  END IF;
  INSERT INTO cart_items (cart_id, sku_id, product_id, quantity) VALUES (to_cart, the_sku, from_product, units)
  ON CONFLICT (cart_id, sku_id) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity,
    product_id = coalesce(excluded.product_id, cart_items.product_id);
  PERFORM assert_addable(to_cart, lines_max, the_sku, from_product, shop_currency, moment);
  RETURN cart_of(to_cart, shop_currency, moment);
END
$$;
--> statement-breakpoint
DROP FUNCTION assert_addable(uuid,integer,uuid,character,timestamp with time zone);
--> statement-breakpoint
-- Raises what stands against adding this SKU to a cart: `cart_lines_within_limit` (counted with the SKU in it),
-- `sku_on_sale`, `sku_in_product` (only where `from_product` is given), `sku_priced`, `sku_in_stock`.
CREATE OR REPLACE FUNCTION assert_addable(
  to_cart uuid, lines_max integer, the_sku uuid, from_product uuid, shop_currency char, moment timestamptz
) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
PERFORM
  assert_that((SELECT count(*) FROM cart_items WHERE cart_id = to_cart) <= lines_max, 'cart_lines_within_limit'),
  assert_that(EXISTS (
    SELECT 1 FROM product_skus ps JOIN products p ON p.id = ps.product_id
    WHERE ps.sku_id = the_sku AND p.status = 'active'), 'sku_on_sale'),
  assert_that(from_product IS NULL OR EXISTS (
    SELECT 1 FROM product_skus ps JOIN products p ON p.id = ps.product_id
    WHERE ps.sku_id = the_sku AND p.id = from_product AND p.status = 'active'), 'sku_in_product'),
  assert_that(EXISTS (
    SELECT 1 FROM sku_prices price
    WHERE price.sku_id = the_sku AND price.currency = shop_currency AND price.effective_at <= moment), 'sku_priced'),
  assert_that((SELECT inventory_state <> 'out_of_stock' FROM skus WHERE id = the_sku), 'sku_in_stock');
END
$$;
--> statement-breakpoint
-- Everything about a cart that decides what it shows and costs; src/features/cart/queries.ts reads the JSON. It is a
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
      'ownReservedCount', CASE WHEN held.discount_code_id IS NULL THEN 0 ELSE 1 END
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
-- Writes the order of a paid checkout whole: what was paid and where to comes from Stripe, everything else from the
-- checkout's snapshot. The reservation becomes a sale; a checkout whose reservation was released books from free stock.
-- `event` is the webhook event that told, if one did. Locks are taken in the order checkout, discount codes, SKUs (by id).
-- Only the checkout's own session completes it: the one whose id is stored, else the one that carries its fingerprint.
-- Raises `event_handled_once`, `checkout_exists`, `session_is_the_checkouts_own`, `order_once_per_checkout`,
-- `order_currency_matches_payment`, `order_total_matches_payment`, `orders_identifier_unique`, `payment_intent_once`,
-- `payment_session_once`, `stock_never_oversold`.
CREATE OR REPLACE FUNCTION place_order(
  session jsonb, new_ids jsonb, event jsonb, first_status text, request_id text, moment timestamptz,
  sweep_email_at timestamptz
) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  paid record;
  ids record;
  bought checkouts;
  prospect uuid;
  recipient text;
  was_held boolean;
BEGIN
  IF event IS NOT NULL THEN
    PERFORM claim_event(event, moment);
  END IF;
  SELECT * INTO paid FROM jsonb_to_record(session) AS s(
    checkout_id uuid, session_id text, fingerprint text, payment_intent_id text, customer_id text, payment_method_type text,
    email text, name text, total_amount bigint, tax_amount bigint, currency text,
    shipping_address jsonb, billing_address jsonb);
  SELECT * INTO ids FROM jsonb_to_record(new_ids) AS n(
    order_id uuid, identifier text, prospect_id uuid, prospect_code text, outbox_id uuid);
  SELECT * INTO bought FROM checkouts WHERE id = paid.checkout_id FOR NO KEY UPDATE;
  PERFORM assert_that(FOUND, 'checkout_exists');
  PERFORM assert_that(
    coalesce(bought.stripe_session_id = paid.session_id, bought.fingerprint = paid.fingerprint, false),
    'session_is_the_checkouts_own');
  PERFORM assert_that(NOT EXISTS (SELECT FROM orders WHERE checkout_id = bought.id), 'order_once_per_checkout');
  PERFORM assert_that(bought.currency = paid.currency, 'order_currency_matches_payment');
  PERFORM assert_that(bought.total_amount + paid.tax_amount = paid.total_amount, 'order_total_matches_payment');

  -- Whom the order is confirmed to: a member at the account's address, a guest at the one given to Stripe.
  recipient := paid.email;
  IF bought.member_id IS NULL THEN
    INSERT INTO prospects (id, email, name, pr_cd, comment, first_seen_at)
    VALUES (ids.prospect_id, paid.email, paid.name, ids.prospect_code,
      'First bought with order ' || ids.identifier, moment)
    ON CONFLICT (lower(email COLLATE "C")) DO NOTHING;
    SELECT id INTO prospect FROM prospects WHERE lower(email COLLATE "C") = lower(paid.email COLLATE "C");
  ELSE
    recipient := coalesce(bought.email, paid.email);
  END IF;

  INSERT INTO orders (id, identifier, checkout_id, member_id, prospect_id, email, customer_name, locale, currency,
    item_subtotal_amount, item_discount_amount, shipping_amount, shipping_discount_amount, tax_amount, total_amount,
    terms_of_sale_version, agreed_with_terms_at, placed_at)
  VALUES (ids.order_id, ids.identifier, bought.id, bought.member_id, prospect, recipient,
    paid.name, bought.locale, bought.currency, bought.item_subtotal_amount, bought.item_discount_amount,
    bought.shipping_amount, bought.shipping_discount_amount, paid.tax_amount, paid.total_amount,
    bought.terms_of_sale_version, bought.agreed_with_terms_at, moment);
  IF event IS NOT NULL THEN
    UPDATE webhook_events SET order_id = ids.order_id WHERE id = event ->> 'id';
  END IF;
  INSERT INTO order_payments (order_id, stripe_payment_intent_id, stripe_session_id, stripe_customer_id,
    payment_method_type, amount, currency, paid_at)
  VALUES (ids.order_id, paid.payment_intent_id, paid.session_id, paid.customer_id,
    paid.payment_method_type, paid.total_amount, paid.currency, moment);
  INSERT INTO order_shipping_addresses (order_id, name, phone, line1, line2, city, state, postal_code, country)
  SELECT ids.order_id, a.name, a.phone, a.line1, a.line2, a.city, a.state, a.postal_code, a.country
  FROM jsonb_populate_record(NULL::order_shipping_addresses, paid.shipping_address) a;
  INSERT INTO order_billing_addresses (order_id, name, phone, line1, line2, city, state, postal_code, country)
  SELECT ids.order_id, a.name, a.phone, a.line1, a.line2, a.city, a.state, a.postal_code, a.country
  FROM jsonb_populate_record(NULL::order_billing_addresses, paid.billing_address) a;
  INSERT INTO order_items (order_id, sku_id, product_id, product_slug, title, description, sku_code, color, size,
    image_url, image_caption, position, quantity, unit_amount, discount_amount, line_total_amount)
  SELECT ids.order_id, sku_id, product_id, product_slug, title, description, sku_code, color, size,
    image_url, image_caption, position, quantity, unit_amount, discount_amount, line_total_amount
  FROM checkout_items WHERE checkout_id = bought.id;
  INSERT INTO order_discounts (order_id, discount_code_id, code, kind, description, amount)
  SELECT ids.order_id, discount_code_id, code, kind, description, amount
  FROM checkout_discounts WHERE checkout_id = bought.id;
  INSERT INTO order_statuses (order_id, status, created_at) VALUES (ids.order_id, first_status, moment);
  INSERT INTO order_shipping_methods (order_id, shipping_method_id, name, carrier, amount, tracking_url_template)
  VALUES (ids.order_id, bought.shipping_method_id, bought.shipping_method_name, bought.shipping_carrier,
    bought.shipping_amount, bought.tracking_url_template);
  INSERT INTO email_outbox (id, em_cd, order_id, to_address, request_id, next_sweep_at, created_at)
  VALUES (ids.outbox_id,
    CASE WHEN bought.member_id IS NULL THEN 'order_confirmation_prospect' ELSE 'order_confirmation_member' END,
    ids.order_id, recipient, request_id, sweep_email_at, moment);

  was_held := bought.status IN ('open', 'processing');
  PERFORM id FROM discount_codes
  WHERE id IN (SELECT discount_code_id FROM checkout_discounts WHERE checkout_id = bought.id)
  ORDER BY id FOR NO KEY UPDATE;
  IF FOUND THEN
    -- A paid order is never refused for a code that was used up after its checkout had been given up.
    UPDATE discount_codes d
    SET reserved_count = d.reserved_count - was_held::integer, redeemed_count = d.redeemed_count + 1
    FROM checkout_discounts cd
    WHERE cd.checkout_id = bought.id AND d.id = cd.discount_code_id
      AND (was_held OR d.redemption_limit IS NULL OR d.reserved_count + d.redeemed_count < d.redemption_limit);
  END IF;
  PERFORM id FROM skus WHERE id IN (SELECT sku_id FROM checkout_items WHERE checkout_id = bought.id)
  ORDER BY id FOR NO KEY UPDATE;
  UPDATE skus s
  SET on_hand = s.on_hand - i.quantity, reserved = s.reserved - CASE WHEN was_held THEN i.quantity ELSE 0 END
  FROM checkout_items i
  WHERE i.checkout_id = bought.id AND s.id = i.sku_id;
  UPDATE checkouts SET status = 'complete', closed_at = moment, stripe_session_id = paid.session_id
  WHERE id = bought.id;
  UPDATE unmatched_payments SET resolved_at = moment, resolved_by = 'order placed', order_id = ids.order_id
  WHERE stripe_session_id = paid.session_id AND resolved_at IS NULL;
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
    total_amount, shipping_method_id, shipping_method_name, shipping_carrier, tracking_url_template,
    terms_of_sale_version, agreed_with_terms_at, created_at, expires_at, next_sweep_at)
  VALUES (snapshot.id, snapshot.cart_id, snapshot.cart_version, snapshot.member_id, snapshot.visitor_id,
    snapshot.email, snapshot.locale, snapshot.fingerprint, snapshot.idempotency_key, snapshot.stripe_customer_id,
    snapshot.currency, snapshot.item_subtotal_amount, snapshot.item_discount_amount, snapshot.shipping_amount,
    snapshot.shipping_discount_amount, snapshot.total_amount, snapshot.shipping_method_id,
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
  SELECT snapshot.id, d.discount_code_id, d.code, d.kind, d.description, d.amount, d.customer_key
  FROM jsonb_populate_recordset(NULL::checkout_discounts, discounts) d;
  PERFORM move_reservations(replaced, snapshot.id);
END
$$;
