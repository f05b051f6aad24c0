-- What belongs to a checkout beside its own row; the Worker joins it to the row. It is a function for its plan, as
-- `cart_of`: a buyer without a checkout, the usual case, does not wait until three subqueries are planned.
CREATE OR REPLACE FUNCTION checkout_parts(of_checkout uuid)
RETURNS TABLE (order_identifier text, items json, codes json) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
RETURN QUERY SELECT
  (SELECT o.identifier FROM orders o WHERE o.checkout_id = of_checkout),
  (SELECT coalesce(json_agg(json_build_object('title', i.title, 'description', i.description, 'quantity', i.quantity,
      'unit_amount', i.unit_amount) ORDER BY i.position), '[]')
    FROM checkout_items i WHERE i.checkout_id = of_checkout),
  (SELECT coalesce(json_agg(d.code ORDER BY d.code COLLATE "C"), '[]')
    FROM checkout_discounts d WHERE d.checkout_id = of_checkout);
END
$$;
