CREATE TABLE "sweep_progress" (
	"sweep" text PRIMARY KEY NOT NULL,
	"done_until" timestamp (3) with time zone NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL
);
