ALTER TABLE "one_time_tokens" DROP CONSTRAINT "one_time_token_purpose_known";--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "email_owned_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "pending_email" text;--> statement-breakpoint
-- Their guest orders have joined already.
UPDATE "members" SET "email_owned_at" = "email_verified_at";--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_token_purpose_known" CHECK ("one_time_tokens"."purpose" IN ('verify_email', 'disown_email', 'undo_email_change', 'reset_password'));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "member_owned_email_is_verified" CHECK ("members"."email_owned_at" IS NULL OR "members"."email_verified_at" IS NOT NULL);