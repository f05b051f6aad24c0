-- Releases what one checkout has reserved and reserves what another asks for; either may be null. Locks discount codes,
-- then SKUs, each by id. SKUs come last, so that a popular one is locked only for two statements and the commit.
-- Raises `discount_redemptions_within_limit`, `discount_limit_per_customer`, `stock_never_oversold`,
-- `stock_share_of_network`.
CREATE OR REPLACE FUNCTION move_reservations(from_checkout uuid, to_checkout uuid) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  the_network text;
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
  -- Visitors make themselves: those of one network together hold at most a third of a SKU's stock beyond one checkout.
  -- The SKUs are locked, so that what others are just reserving is counted.
  SELECT network_key INTO the_network FROM checkouts WHERE id = to_checkout;
  IF the_network IS NOT NULL THEN
    PERFORM assert_that(3 * (held.together - held.largest) <= s.on_hand, 'stock_share_of_network')
    FROM checkout_items asked
    JOIN skus s ON s.id = asked.sku_id
    CROSS JOIN LATERAL (
      SELECT sum(i.quantity) AS together, max(i.quantity) AS largest
      FROM checkouts c JOIN checkout_items i ON i.checkout_id = c.id AND i.sku_id = asked.sku_id
      WHERE c.network_key = the_network AND c.status IN ('open', 'processing')) held
    WHERE asked.checkout_id = to_checkout AND s.on_hand IS NOT NULL;
  END IF;
END
$$;
