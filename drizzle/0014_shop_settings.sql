CREATE TABLE "shop_settings" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"name" text NOT NULL,
	"legal_name" text NOT NULL,
	"imprint_address" text NOT NULL,
	"logo_url" text,
	"accent_color" text NOT NULL,
	"accent_color_dark" text NOT NULL,
	"support_email" text NOT NULL,
	"sender_name" text NOT NULL,
	"sender_address" text NOT NULL,
	"time_zone" text NOT NULL,
	"social_links" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "shop_settings_one_row" CHECK ("shop_settings"."id"),
	CONSTRAINT "shop_name_is_one_line" CHECK ("shop_settings"."name" ~ '^[^[:cntrl:]<>"]{1,60}$' AND btrim("shop_settings"."name") = "shop_settings"."name"),
	CONSTRAINT "shop_legal_name_is_one_line" CHECK ("shop_settings"."legal_name" ~ '^[^[:cntrl:]]{1,120}$'),
	CONSTRAINT "shop_imprint_address_given" CHECK (length(btrim("shop_settings"."imprint_address")) BETWEEN 1 AND 500),
	CONSTRAINT "shop_logo_is_an_address" CHECK ("shop_settings"."logo_url" ~ '^(https://[^[:space:]"<>]+|/[^/[:space:]"<>][^[:space:]"<>]*)$'),
	CONSTRAINT "shop_accent_is_a_color" CHECK ("shop_settings"."accent_color" ~ '^#[0-9a-f]{6}$'),
	CONSTRAINT "shop_accent_dark_is_a_color" CHECK ("shop_settings"."accent_color_dark" ~ '^#[0-9a-f]{6}$'),
	CONSTRAINT "shop_support_email_is_an_address" CHECK ("shop_settings"."support_email" ~ '^[^[:space:][:cntrl:]@<>,:"()]+@[^[:space:][:cntrl:]@<>,:"()]+$' AND length("shop_settings"."support_email") <= 254),
	CONSTRAINT "shop_sender_name_is_one_line" CHECK ("shop_settings"."sender_name" ~ '^[^[:cntrl:]<>"]{1,60}$'),
	CONSTRAINT "shop_sender_is_an_address" CHECK ("shop_settings"."sender_address" ~ '^[^[:space:][:cntrl:]@<>,:"()]+@[^[:space:][:cntrl:]@<>,:"()]+$' AND length("shop_settings"."sender_address") <= 254),
	CONSTRAINT "shop_time_zone_known" CHECK ("shop_settings"."time_zone" ~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$' AND timezone("shop_settings"."time_zone", timestamptz '2000-01-01 00:00:00+00') IS NOT NULL),
	CONSTRAINT "shop_social_links_are_links" CHECK (CASE jsonb_typeof("shop_settings"."social_links") WHEN 'array' THEN jsonb_array_length("shop_settings"."social_links") = jsonb_array_length(
        jsonb_path_query_array("shop_settings"."social_links", '$[*] ? (@.name like_regex "^.{1,60}$" && @.url like_regex "^https://[^ <>]+$")')) ELSE false END)
);
--> statement-breakpoint
ALTER TABLE "email_templates" ALTER COLUMN "from_address" DROP NOT NULL;--> statement-breakpoint
-- The senders that the seed used to write: the sender of the settings takes their place.
UPDATE "email_templates" SET "from_address" = NULL WHERE "from_address" LIKE '%@example.com>';
