-- Deferred trigger of an order and its parts: at the commit, whoever wrote them, the lines add up to the totals, the
-- payment is the total, and refunds do not exceed the payment.
-- Raises `order_lines_add_up`, `order_payment_is_its_total`, `refunds_within_payment`.
CREATE OR REPLACE FUNCTION order_must_add_up() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  the_id uuid;
  the_order orders;
  items record;
  paid record;
BEGIN
  IF TG_TABLE_NAME = 'orders' THEN
    the_id := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN
    the_id := OLD.order_id;
  ELSE
    the_id := NEW.order_id;
  END IF;
  -- Of two transactions at once the second one waits here and sees what the first one wrote.
  SELECT amount, currency INTO paid FROM order_payments WHERE order_id = the_id FOR NO KEY UPDATE;
  SELECT * INTO the_order FROM orders WHERE id = the_id;
  IF the_order.id IS NULL THEN
    RETURN NULL;
  END IF;
  IF TG_TABLE_NAME IN ('orders', 'order_items') THEN
    SELECT coalesce(sum(quantity * unit_amount), 0) AS subtotal, coalesce(sum(discount_amount), 0) AS discount INTO items
    FROM order_items WHERE order_id = the_order.id;
    PERFORM assert_that(
      items.subtotal = the_order.item_subtotal_amount AND items.discount = the_order.item_discount_amount,
      'order_lines_add_up');
  END IF;
  IF TG_TABLE_NAME <> 'order_items' THEN
    PERFORM assert_that(
      paid.amount IS NULL OR (paid.amount = the_order.total_amount AND paid.currency = the_order.currency),
      'order_payment_is_its_total');
    PERFORM assert_that(coalesce(sum(amount) FILTER (WHERE status NOT IN ('failed', 'canceled')), 0)
      <= coalesce(paid.amount, the_order.total_amount), 'refunds_within_payment')
    FROM order_refunds WHERE order_id = the_order.id;
  END IF;
  RETURN NULL;
END
$$;
