-- What belongs to a checkout besides its own row; src/features/checkout/queries/read-checkout.ts joins it. A function for
-- its plan, as `cart_of`: a buyer without a checkout, the usual case, does not wait until three subqueries are planned.
CREATE OR REPLACE FUNCTION checkout_parts(of_checkout uuid)
RETURNS TABLE (order_identifier text, items json, codes json) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
RETURN QUERY SELECT
  (SELECT o.identifier FROM orders o WHERE o.checkout_id = of_checkout),
  (SELECT coalesce(json_agg(i ORDER BY i.position), '[]') FROM (
    SELECT ci.title, ci.description, ci.quantity, ci.unit_amount, ci.position
    FROM checkout_items ci WHERE ci.checkout_id = of_checkout) i),
  (SELECT coalesce(json_agg(d.code ORDER BY d.code COLLATE "C"), '[]')
    FROM checkout_discounts d WHERE d.checkout_id = of_checkout);
END
$$;
