CREATE TABLE "events" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"type" text NOT NULL,
	"version" integer NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"alert_id" uuid,
	"request_id" text,
	"occurred_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_id" uuid,
	"lease_until" timestamp (3) with time zone,
	"next_sweep_at" timestamp (3) with time zone,
	"dispatched_at" timestamp (3) with time zone,
	"given_up_at" timestamp (3) with time zone,
	"last_error" text,
	CONSTRAINT "event_ends_once" CHECK (num_nonnulls("events"."next_sweep_at", "events"."dispatched_at", "events"."given_up_at") <= 1)
);
--> statement-breakpoint
CREATE TABLE "operator_alerts" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"request_id" text,
	"first_raised_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_raised_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"raised_count" integer DEFAULT 1 NOT NULL,
	"told_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by" text,
	"notes" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE INDEX "events_to_sweep" ON "events" USING btree ("next_sweep_at") WHERE next_sweep_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "events_by_subject" ON "events" USING btree ("subject_id");--> statement-breakpoint
CREATE INDEX "events_by_age" ON "events" USING btree ("occurred_at");--> statement-breakpoint
CREATE UNIQUE INDEX "operator_alert_one_open_per_subject" ON "operator_alerts" USING btree ("code","subject_kind","subject_id") WHERE resolved_at IS NULL;--> statement-breakpoint
CREATE INDEX "operator_alerts_open" ON "operator_alerts" USING btree ("last_raised_at") WHERE resolved_at IS NULL;--> statement-breakpoint
CREATE INDEX "operator_alerts_resolved" ON "operator_alerts" USING btree ("resolved_at") WHERE resolved_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "operator_alerts_by_subject" ON "operator_alerts" USING btree ("subject_id");
--> statement-breakpoint
-- Trigger of `webhook_events`, for the Worker before this schema: it keeps what it has alerted operators of as an event under an
-- id of its own making. What is among the open alerts already it does not tell again; what is new becomes an alert too, so
-- that its successor does not tell it again. The next schema can do without.
CREATE OR REPLACE FUNCTION keep_made_up_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO operator_alerts (code, subject_kind, subject_id, details, first_raised_at, last_raised_at, told_at)
  VALUES (NEW.error_code,
    CASE split_part(NEW.id, ':', 1) WHEN 'inquiry' THEN 'inquiry' WHEN 'dispute' THEN 'dispute' ELSE 'checkout-session' END,
    substr(NEW.id, strpos(NEW.id, ':') + 1), jsonb_build_object('object_id', NEW.object_id),
    NEW.received_at, NEW.received_at, NEW.received_at)
  ON CONFLICT DO NOTHING;
  IF FOUND THEN
    RETURN NEW;
  END IF;
  RETURN NULL;
END
$$;

--> statement-breakpoint
-- What operators were alerted of before stands among the alerts, so that nobody is told twice: events of the Worker's own
-- making, which are none of Stripe's and leave its table; and failed events whose email is still known.
INSERT INTO operator_alerts (code, subject_kind, subject_id, details, first_raised_at, last_raised_at, told_at)
SELECT error_code,
  CASE split_part(id, ':', 1) WHEN 'inquiry' THEN 'inquiry' WHEN 'dispute' THEN 'dispute' ELSE 'checkout-session' END,
  substr(id, strpos(id, ':') + 1), jsonb_build_object('object_id', object_id), received_at, received_at, received_at
FROM webhook_events WHERE id ~ '^(unknown|sweep|inquiry|dispute):' AND error_code IS NOT NULL
ON CONFLICT DO NOTHING;
--> statement-breakpoint
DELETE FROM webhook_events WHERE id ~ '^(unknown|sweep|inquiry|dispute):';
--> statement-breakpoint
INSERT INTO operator_alerts (code, subject_kind, subject_id, details, first_raised_at, last_raised_at, told_at)
SELECT w.error_code, 'stripe-event', w.id,
  jsonb_build_object('event_id', w.id, 'event_type', w.type, 'object_id', w.object_id), w.received_at, w.received_at, w.received_at
FROM webhook_events w
WHERE w.outcome = 'failed' AND NOT EXISTS (SELECT FROM unmatched_payments u WHERE u.stripe_session_id = w.object_id)
  AND (w.id, w.error_code) IN (
    SELECT e.variables ->> 'event_id', e.variables ->> 'code' FROM email_outbox e
    WHERE e.order_id IS NULL AND e.em_cd = 'operator_alert')
ON CONFLICT DO NOTHING;
--> statement-breakpoint
CREATE TRIGGER webhook_event_made_up BEFORE INSERT ON webhook_events FOR EACH ROW
WHEN (NEW.id ~ '^(unknown|sweep|inquiry|dispute):')
EXECUTE FUNCTION keep_made_up_event();
