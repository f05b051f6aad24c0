-- Writes the snapshot of a cart and reserves stock and redemptions. `replaced` is the open checkout of the same cart
-- that the new one replaces, `customer` the member's customer at Stripe if it is not stored yet. Locks are taken in the
-- order member, cart, checkout, discount codes, SKUs.
-- Raises `cart_unchanged`, `checkout_one_open_per_cart`, `checkout_once_per_idempotency_key`, `checkouts_pkey`, and
-- what `close_checkout` and `move_reservations` raise.
CREATE OR REPLACE FUNCTION start_checkout(checkout jsonb, items jsonb, discounts jsonb, replaced uuid, customer jsonb)
RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  snapshot checkouts := jsonb_populate_record(NULL::checkouts, checkout);
  version_now integer;
BEGIN
  IF customer IS NOT NULL THEN
    UPDATE members SET stripe_customer_id = customer ->> 'id'
    WHERE id = snapshot.member_id AND stripe_customer_id IS NOT DISTINCT FROM customer ->> 'replaces';
  END IF;
  SELECT version INTO version_now FROM carts WHERE id = snapshot.cart_id FOR NO KEY UPDATE;
  PERFORM assert_that(version_now = snapshot.cart_version, 'cart_unchanged');
  IF replaced IS NOT NULL THEN
    PERFORM close_checkout(replaced, '{open}', 'expired', snapshot.created_at, NULL, NULL);
  END IF;
  INSERT INTO checkouts (id, cart_id, cart_version, member_id, visitor_id, network_key, email, locale, fingerprint,
    idempotency_key, stripe_customer_id, currency, item_subtotal_amount, item_discount_amount, shipping_amount,
    shipping_discount_amount, total_amount, tax_included, shipping_method_id, shipping_method_name, shipping_carrier,
    tracking_url_template, terms_of_sale_version, agreed_with_terms_at, created_at, expires_at, next_sweep_at)
  VALUES (snapshot.id, snapshot.cart_id, snapshot.cart_version, snapshot.member_id, snapshot.visitor_id,
    snapshot.network_key, snapshot.email, snapshot.locale, snapshot.fingerprint, snapshot.idempotency_key,
    snapshot.stripe_customer_id, snapshot.currency, snapshot.item_subtotal_amount, snapshot.item_discount_amount, snapshot.shipping_amount,
    snapshot.shipping_discount_amount, snapshot.total_amount, snapshot.tax_included, snapshot.shipping_method_id,
    snapshot.shipping_method_name, snapshot.shipping_carrier, snapshot.tracking_url_template,
    snapshot.terms_of_sale_version, snapshot.agreed_with_terms_at, snapshot.created_at, snapshot.expires_at,
    snapshot.next_sweep_at);
  INSERT INTO checkout_items (checkout_id, sku_id, product_id, product_slug, title, description, sku_code, color,
    size, image_url, image_caption, position, quantity, unit_amount, discount_amount, line_total_amount)
  SELECT snapshot.id, i.sku_id, i.product_id, i.product_slug, i.title, i.description, i.sku_code, i.color,
    i.size, i.image_url, i.image_caption, i.position, i.quantity, i.unit_amount, i.discount_amount, i.line_total_amount
  FROM jsonb_populate_recordset(NULL::checkout_items, items) i;
  INSERT INTO checkout_discounts (checkout_id, discount_code_id, code, kind, description, amount, customer_key)
  SELECT snapshot.id, d.discount_code_id, d.code, d.kind, d.description, d.amount, customer_key(snapshot.email)
  FROM jsonb_populate_recordset(NULL::checkout_discounts, discounts) d;
  PERFORM move_reservations(replaced, snapshot.id);
END
$$;
