-- Trigger of `order_refunds` and `order_disputes`: keeps `orders.payment_state` up to date. A dispute that is open or
-- lost comes before any refund; a refund counts from when it is requested until it fails.
CREATE OR REPLACE FUNCTION keep_payment_state() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  the_order uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.order_id ELSE NEW.order_id END;
  paid integer;
  refunded integer;
  state text;
BEGIN
  -- Whoever writes at the same time waits here, so that each sees what the other wrote.
  SELECT amount INTO paid FROM order_payments WHERE order_id = the_order FOR NO KEY UPDATE;
  SELECT coalesce(sum(amount), 0) INTO refunded FROM order_refunds
  WHERE order_id = the_order AND status NOT IN ('failed', 'canceled');
  state := CASE
    WHEN EXISTS (
      SELECT FROM order_disputes
      WHERE order_id = the_order AND status NOT IN ('won', 'warning_closed', 'prevented')) THEN 'disputed'
    WHEN refunded = 0 THEN 'paid'
    WHEN refunded < paid THEN 'partially-refunded'
    ELSE 'refunded' END;
  UPDATE orders SET payment_state = state WHERE id = the_order AND payment_state <> state;
  RETURN NULL;
END
$$;
