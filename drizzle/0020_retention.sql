DROP INDEX "carts_by_last_change";--> statement-breakpoint
ALTER TABLE "prospects" ADD COLUMN "last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "account_deletions_done" ON "account_deletions" USING btree ("done_at") WHERE done_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "carts_of_visitors_by_last_change" ON "carts" USING btree ("updated_at") WHERE member_id IS NULL;--> statement-breakpoint
CREATE INDEX "checkouts_ended" ON "checkouts" USING btree ("closed_at") WHERE status IN ('expired', 'failed');--> statement-breakpoint
CREATE INDEX "email_outbox_notices_by_age" ON "email_outbox" USING btree ("created_at") WHERE order_id IS NULL;--> statement-breakpoint
CREATE INDEX "order_email_failures_resolved" ON "order_email_failures" USING btree ("resolved_at") WHERE resolved_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "webhook_events_by_age" ON "webhook_events" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "prospects_by_last_seen" ON "prospects" USING btree ("last_seen_at");--> statement-breakpoint
UPDATE "prospects" SET "last_seen_at" = "first_seen_at";
