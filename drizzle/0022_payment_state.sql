CREATE TABLE "order_disputes" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"stripe_dispute_id" text NOT NULL,
	"amount" integer NOT NULL,
	"currency" char(3) NOT NULL,
	"status" text NOT NULL,
	"reason" text NOT NULL,
	"evidence_due_by" timestamp (3) with time zone,
	"told_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "dispute_once" UNIQUE("stripe_dispute_id"),
	CONSTRAINT "dispute_amount_not_negative" CHECK ("order_disputes"."amount" >= 0),
	CONSTRAINT "dispute_status_known" CHECK ("order_disputes"."status" IN ('warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response', 'under_review', 'prevented', 'won', 'lost'))
);
--> statement-breakpoint
ALTER TABLE "order_items" DROP CONSTRAINT "order_item_total_adds_up";--> statement-breakpoint
ALTER TABLE "order_refunds" ADD COLUMN "told_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "payment_state" text DEFAULT 'paid' NOT NULL;--> statement-breakpoint
ALTER TABLE "order_disputes" ADD CONSTRAINT "order_disputes_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "order_disputes_by_order" ON "order_disputes" USING btree ("order_id");--> statement-breakpoint
-- A code that nobody may use even once was never meant so: it goes out of use.
UPDATE discount_codes SET active = false, per_customer_limit = NULL WHERE per_customer_limit <= 0;
--> statement-breakpoint
ALTER TABLE "discount_codes" ADD CONSTRAINT "discount_limits_positive" CHECK ("discount_codes"."per_customer_limit" > 0 AND "discount_codes"."redemption_limit" >= 0);--> statement-breakpoint
ALTER TABLE "order_discounts" ADD CONSTRAINT "order_discount_not_negative" CHECK ("order_discounts"."amount" >= 0);--> statement-breakpoint
ALTER TABLE "order_items" ADD CONSTRAINT "order_item_quantity_positive" CHECK ("order_items"."quantity" > 0);--> statement-breakpoint
ALTER TABLE "order_items" ADD CONSTRAINT "order_item_total_adds_up" CHECK ("order_items"."line_total_amount" = "order_items"."quantity" * "order_items"."unit_amount" - "order_items"."discount_amount" AND least("order_items"."unit_amount", "order_items"."discount_amount", "order_items"."line_total_amount") >= 0);--> statement-breakpoint
ALTER TABLE "order_payments" ADD CONSTRAINT "payment_amount_not_negative" CHECK ("order_payments"."amount" >= 0);--> statement-breakpoint
ALTER TABLE "order_refunds" ADD CONSTRAINT "refund_status_known" CHECK ("order_refunds"."status" IN ('pending', 'requires_action', 'succeeded', 'failed', 'canceled'));--> statement-breakpoint
ALTER TABLE "order_shipping_methods" ADD CONSTRAINT "order_shipping_not_negative" CHECK ("order_shipping_methods"."amount" >= 0);--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "order_amounts_not_negative" CHECK (least("orders"."item_subtotal_amount", "orders"."item_discount_amount", "orders"."shipping_amount", "orders"."shipping_discount_amount", "orders"."tax_amount", "orders"."total_amount") >= 0);--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "order_payment_state_known" CHECK ("orders"."payment_state" IN ('paid', 'partially-refunded', 'refunded', 'disputed'));
--> statement-breakpoint
-- Trigger of `order_refunds` and `order_disputes`: the order always says what became of its payment. A dispute that is open
-- or lost comes before any refund; a refund counts from the moment it was asked for, until it fails.
CREATE OR REPLACE FUNCTION keep_payment_state() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  the_order uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.order_id ELSE NEW.order_id END;
  paid integer := (SELECT amount FROM order_payments WHERE order_id = the_order);
  refunded integer := (
    SELECT coalesce(sum(amount), 0) FROM order_refunds
    WHERE order_id = the_order AND status NOT IN ('failed', 'canceled'));
  state text := CASE
    WHEN EXISTS (
      SELECT FROM order_disputes
      WHERE order_id = the_order AND status NOT IN ('won', 'warning_closed', 'prevented')) THEN 'disputed'
    WHEN refunded = 0 THEN 'paid'
    WHEN refunded < paid THEN 'partially-refunded'
    ELSE 'refunded' END;
BEGIN
  UPDATE orders SET payment_state = state WHERE id = the_order AND payment_state <> state;
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- Deferred trigger of an order and its parts: at the commit its lines are its totals, its payment is its total, and its
-- refunds are within the payment, whoever wrote them.
-- Raises `order_lines_add_up`, `order_payment_is_its_total`, `refunds_within_payment`.
CREATE OR REPLACE FUNCTION order_must_add_up() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  the_order orders;
  items record;
  paid record;
BEGIN
  IF TG_TABLE_NAME = 'orders' THEN
    SELECT * INTO the_order FROM orders WHERE id = NEW.id;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT * INTO the_order FROM orders WHERE id = OLD.order_id;
  ELSE
    SELECT * INTO the_order FROM orders WHERE id = NEW.order_id;
  END IF;
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
    SELECT amount, currency INTO paid FROM order_payments WHERE order_id = the_order.id;
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
--> statement-breakpoint
-- Trigger for what nobody may do; its argument names what must hold, and is raised as the constraint.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM assert_that(false, TG_ARGV[0]);
  RETURN NULL;
END
$$;

--> statement-breakpoint
CREATE TRIGGER refund_keeps_payment_state AFTER INSERT OR UPDATE OR DELETE ON order_refunds
FOR EACH ROW EXECUTE FUNCTION keep_payment_state();
--> statement-breakpoint
CREATE TRIGGER dispute_keeps_payment_state AFTER INSERT OR UPDATE OR DELETE ON order_disputes
FOR EACH ROW EXECUTE FUNCTION keep_payment_state();
--> statement-breakpoint
-- What was paid back before is told already; what is still on its way is not. Each refund counts.
UPDATE order_refunds SET told_at = CASE WHEN status = 'succeeded' THEN created_at END;
--> statement-breakpoint
-- Disputes used to be ignored: the hourly sweep reads them again, as far back as Stripe keeps its events. Not before the
-- Worker of this version is deployed, since the one before would only note that they are read.
DELETE FROM webhook_events WHERE type LIKE 'charge.dispute.%' AND outcome = 'ignored';
--> statement-breakpoint
UPDATE sweep_progress SET done_until = now() - interval '30 days', next_at = now() + interval '1 hour'
WHERE sweep = 'missed-events';
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER order_adds_up
AFTER INSERT OR UPDATE OF item_subtotal_amount, item_discount_amount, total_amount, currency ON orders
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_must_add_up();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER order_lines_add_up
AFTER INSERT OR UPDATE OF order_id, quantity, unit_amount, discount_amount OR DELETE ON order_items
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_must_add_up();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER order_payment_is_its_total
AFTER INSERT OR UPDATE OF order_id, amount, currency ON order_payments
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_must_add_up();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER refunds_within_payment
AFTER INSERT OR UPDATE OF order_id, amount, status ON order_refunds
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_must_add_up();
--> statement-breakpoint
-- What was paid stays paid, and a checkout that ended is not opened again; a late payment may still complete it.
CREATE TRIGGER checkout_moves_forward BEFORE UPDATE OF status ON checkouts FOR EACH ROW
WHEN (OLD.status <> NEW.status AND (OLD.status = 'complete' OR NEW.status = 'open'
  OR (OLD.status IN ('expired', 'failed') AND NEW.status <> 'complete')))
EXECUTE FUNCTION refuse_change('checkout_moves_forward');
--> statement-breakpoint
CREATE TRIGGER orders_are_kept BEFORE DELETE ON orders
FOR EACH ROW EXECUTE FUNCTION refuse_change('orders_are_kept');
--> statement-breakpoint
CREATE TRIGGER payments_are_kept BEFORE DELETE ON order_payments
FOR EACH ROW EXECUTE FUNCTION refuse_change('payments_are_kept');
