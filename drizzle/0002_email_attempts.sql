ALTER TABLE "email_outbox" ADD COLUMN "lease_id" uuid;--> statement-breakpoint
ALTER TABLE "email_outbox" ADD COLUMN "handed_over_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "email_failure_one_unresolved_per_type" ON "order_email_failures" USING btree ("order_id","type") WHERE resolved_at IS NULL;