-- First, as in every batch that places an order: see src/db/lock-order.ts.
LOCK TABLE webhook_events IN SHARE ROW EXCLUSIVE MODE;
--> statement-breakpoint
DROP INDEX "operator_alerts_open";--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "consumers" text[];--> statement-breakpoint
CREATE INDEX "events_given_up" ON "events" USING btree ("given_up_at") WHERE given_up_at IS NOT NULL;
--> statement-breakpoint
DROP FUNCTION place_order(jsonb,jsonb,jsonb,text,text,timestamp with time zone,timestamp with time zone,jsonb,jsonb);
--> statement-breakpoint
-- Writes the order of a paid checkout with all its parts. What was paid and the addresses come from Stripe, everything
-- else from the checkout's snapshot. The reservation becomes a sale; if it was released, the order is booked from free
-- stock. `webhook_event` is the one that led here, if any; `by_buyer` is what differs between members and guests;
-- `placed_event` is the event `order-placed`. Locks are taken in the order checkout, discount codes, SKUs (by id).
-- Only the checkout's own session completes it: the one with the stored id, or if none is stored, the one with its
-- fingerprint. There can be no order for an unmatched payment that is resolved.
-- Raises `event_handled_once`, `checkout_exists`, `session_is_the_checkouts_own`, `order_once_per_checkout`,
-- `payment_unresolved`, `order_currency_matches_payment`, `order_total_matches_payment`, `orders_identifier_unique`,
-- `payment_intent_once`, `payment_session_once`, `stock_never_oversold`.
CREATE OR REPLACE FUNCTION place_order(
  session jsonb, new_ids jsonb, webhook_event jsonb, first_status text, request_id text, moment timestamptz,
  sweep_email_at timestamptz,
  -- Defaults for the previous Worker, which sends neither of the two; drop them in the next release.
  by_buyer jsonb DEFAULT '{"member": {"em_cd": "order_confirmation_member", "address": "account"},
    "guest": {"em_cd": "order_confirmation_prospect", "address": "payment", "comment": ""}}',
  placed_event jsonb DEFAULT NULL
) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  paid record;
  ids record;
  bought checkouts;
  buyer record;
  prospect uuid;
  recipient text;
  was_held boolean;
BEGIN
  IF webhook_event IS NOT NULL THEN
    PERFORM claim_event(webhook_event, moment);
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
    coalesce(bought.stripe_session_id = paid.session_id, bought.fingerprint = paid.fingerprint),
    'session_is_the_checkouts_own');
  PERFORM assert_that(NOT EXISTS (SELECT FROM orders WHERE checkout_id = bought.id), 'order_once_per_checkout');
  PERFORM assert_that(NOT EXISTS (
    SELECT FROM unmatched_payments WHERE stripe_session_id = paid.session_id AND resolved_at IS NOT NULL), 'payment_unresolved');
  PERFORM assert_that(bought.currency = paid.currency, 'order_currency_matches_payment');
  PERFORM assert_that(
    paid.total_amount = bought.total_amount + CASE WHEN bought.tax_included THEN 0 ELSE paid.tax_amount END,
    'order_total_matches_payment');

  SELECT * INTO buyer FROM jsonb_to_record(by_buyer -> CASE WHEN bought.member_id IS NULL THEN 'guest' ELSE 'member' END)
    AS b(em_cd text, address text, comment text);
  recipient := coalesce(CASE WHEN buyer.address = 'account' THEN bought.email END, paid.email);
  IF bought.member_id IS NULL THEN
    INSERT INTO prospects (id, email, name, pr_cd, comment, first_seen_at)
    VALUES (ids.prospect_id, paid.email, paid.name, ids.prospect_code, buyer.comment, moment)
    ON CONFLICT (lower(email COLLATE "C")) DO NOTHING;
    SELECT id INTO prospect FROM prospects WHERE lower(email COLLATE "C") = lower(paid.email COLLATE "C");
  END IF;

  INSERT INTO orders (id, identifier, checkout_id, member_id, prospect_id, email, customer_name, locale, currency,
    item_subtotal_amount, item_discount_amount, shipping_amount, shipping_discount_amount, tax_included, tax_amount,
    total_amount, terms_of_sale_version, agreed_with_terms_at, placed_at)
  VALUES (ids.order_id, ids.identifier, bought.id, bought.member_id, prospect, recipient,
    paid.name, bought.locale, bought.currency, bought.item_subtotal_amount, bought.item_discount_amount,
    bought.shipping_amount, bought.shipping_discount_amount, bought.tax_included, paid.tax_amount,
    paid.total_amount, bought.terms_of_sale_version, bought.agreed_with_terms_at, moment);
  IF webhook_event IS NOT NULL THEN
    UPDATE webhook_events SET order_id = ids.order_id WHERE id = webhook_event ->> 'id';
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
  INSERT INTO events (id, type, version, subject_kind, subject_id, data, request_id, occurred_at, consumers,
    next_sweep_at)
  SELECT e.id, e.type, e.version, e.subject_kind, e.subject_id, e.data, e.request_id, e.occurred_at, e.consumers,
    e.next_sweep_at
  FROM jsonb_populate_record(NULL::events, placed_event) e WHERE placed_event IS NOT NULL;
  INSERT INTO email_outbox (id, em_cd, order_id, to_address, request_id, next_sweep_at, created_at)
  VALUES (ids.outbox_id, buyer.em_cd, ids.order_id, recipient, request_id, sweep_email_at, moment);

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
  UPDATE checkouts SET status = 'complete', closed_at = moment, network_key = NULL, stripe_session_id = paid.session_id
  WHERE id = bought.id;
  UPDATE unmatched_payments SET resolved_at = moment, resolved_by = 'order placed', order_id = ids.order_id
  WHERE stripe_session_id = paid.session_id AND resolved_at IS NULL;
END
$$;
--> statement-breakpoint
-- Events of Stripe that failed under a Worker from before the alerts, and that Stripe still repeats: the operators were told
-- then, so these alerts are open without an event that tells them again.
INSERT INTO operator_alerts (code, subject_kind, subject_id, details, first_raised_at, last_raised_at, told_at)
SELECT w.error_code, 'stripe-event', w.id,
  jsonb_build_object('event_id', w.id, 'event_type', w.type, 'object_id', w.object_id), w.received_at, w.received_at, w.received_at
FROM webhook_events w
WHERE w.outcome = 'failed' AND w.error_code IS NOT NULL AND w.received_at > now() - interval '3 days'
  AND w.id !~ '^(unknown|sweep|inquiry|dispute):'
  AND NOT EXISTS (SELECT FROM unmatched_payments u WHERE u.stripe_session_id = w.object_id)
  AND NOT EXISTS (SELECT FROM operator_alerts a WHERE a.subject_id = w.id)
ON CONFLICT DO NOTHING;
