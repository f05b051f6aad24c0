CREATE TABLE "privacy_requests" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text,
	"kind" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"confirmation_id" uuid,
	"done_at" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"last_error" text,
	CONSTRAINT "privacy_requests_token_unique" UNIQUE("token_hash"),
	CONSTRAINT "privacy_request_kind_known" CHECK ("privacy_requests"."kind" IN ('export', 'erasure'))
);
--> statement-breakpoint
CREATE INDEX "privacy_requests_due" ON "privacy_requests" USING btree ("next_attempt_at") WHERE confirmed_at IS NOT NULL AND done_at IS NULL;--> statement-breakpoint
CREATE INDEX "privacy_requests_by_expiry" ON "privacy_requests" USING btree ("expires_at");