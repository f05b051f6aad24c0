-- Everything that a cart's view and price depend on, as JSON that src/features/cart/queries/read-cart.ts parses. It is
-- a function because PostgreSQL keeps a function's plan as long as the connection lives: as a statement, the same text
-- takes three times as long to plan as to run. JSON is built last, from the rows that ORDER BY and LIMIT have left.
-- `moment` decides which prices apply.
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
      'ownReserved', coalesce(held.quantity, 0),
      'image', CASE WHEN image.url IS NOT NULL THEN json_build_object('url', image.url, 'caption', image.caption) END
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
      SELECT url, caption FROM (
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
    FROM (
      SELECT * FROM shipping_methods
      WHERE active AND currency = shop_currency
      ORDER BY (id = c.shipping_method_id) IS TRUE DESC, position, code LIMIT 1) m))
FROM carts c
LEFT JOIN checkouts own ON own.cart_id = c.id AND own.status = 'open'
WHERE c.id = of_cart);
END
$$;
