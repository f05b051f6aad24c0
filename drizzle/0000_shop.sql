CREATE TABLE "cart_discount_codes" (
	"cart_id" uuid NOT NULL,
	"discount_code_id" uuid NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cart_discount_codes_pkey" PRIMARY KEY("cart_id","discount_code_id")
);
--> statement-breakpoint
CREATE TABLE "cart_items" (
	"cart_id" uuid NOT NULL,
	"sku_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cart_items_pkey" PRIMARY KEY("cart_id","sku_id"),
	CONSTRAINT "cart_quantity_within_limit" CHECK ("cart_items"."quantity" BETWEEN 1 AND 99)
);
--> statement-breakpoint
CREATE TABLE "carts" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid,
	"visitor_id" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"shipping_method_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cart_one_per_member" UNIQUE("member_id"),
	CONSTRAINT "cart_one_per_visitor" UNIQUE("visitor_id"),
	CONSTRAINT "cart_has_one_owner" CHECK (num_nonnulls("carts"."member_id", "carts"."visitor_id") = 1)
);
--> statement-breakpoint
CREATE TABLE "discount_codes" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"kind" text NOT NULL,
	"percent_off" integer,
	"amount_off" integer,
	"currency" char(3),
	"minimum_subtotal_amount" integer DEFAULT 0 NOT NULL,
	"valid_from" timestamp (3) with time zone,
	"valid_until" timestamp (3) with time zone,
	"redemption_limit" integer,
	"per_customer_limit" integer,
	"combinable" boolean DEFAULT false NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"reserved_count" integer DEFAULT 0 NOT NULL,
	"redeemed_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "discount_kind_known" CHECK ("discount_codes"."kind" IN ('percent', 'fixed', 'free_shipping', 'reduced_shipping')),
	CONSTRAINT "discount_value_fits_kind" CHECK (CASE "discount_codes"."kind"
        WHEN 'percent' THEN "discount_codes"."percent_off" BETWEEN 1 AND 100 AND "discount_codes"."amount_off" IS NULL
        WHEN 'free_shipping' THEN "discount_codes"."percent_off" IS NULL AND "discount_codes"."amount_off" IS NULL
        ELSE "discount_codes"."amount_off" > 0 AND "discount_codes"."currency" IS NOT NULL AND "discount_codes"."percent_off" IS NULL
      END),
	CONSTRAINT "discount_counts_not_negative" CHECK ("discount_codes"."reserved_count" >= 0 AND "discount_codes"."redeemed_count" >= 0),
	CONSTRAINT "discount_redemptions_within_limit" CHECK ("discount_codes"."redemption_limit" IS NULL OR "discount_codes"."reserved_count" + "discount_codes"."redeemed_count" <= "discount_codes"."redemption_limit")
);
--> statement-breakpoint
CREATE TABLE "shipping_methods" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"carrier" text NOT NULL,
	"amount" integer NOT NULL,
	"currency" char(3) NOT NULL,
	"tracking_url_template" text,
	"min_days" integer,
	"max_days" integer,
	"active" boolean DEFAULT true NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "shipping_methods_code_unique" UNIQUE("code"),
	CONSTRAINT "shipping_method_amount_not_negative" CHECK ("shipping_methods"."amount" >= 0)
);
--> statement-breakpoint
CREATE TABLE "product_images" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"product_id" uuid NOT NULL,
	"url" text NOT NULL,
	"caption" text DEFAULT '' NOT NULL,
	"is_main" boolean DEFAULT false NOT NULL,
	"position" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "product_skus" (
	"product_id" uuid NOT NULL,
	"sku_id" uuid NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "product_skus_pair" PRIMARY KEY("product_id","sku_id")
);
--> statement-breakpoint
CREATE TABLE "products" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"identifier" text NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"headline" text DEFAULT '' NOT NULL,
	"description_part1" text DEFAULT '' NOT NULL,
	"description_part2" text DEFAULT '' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('simple', "products"."title"), 'A') || setweight(to_tsvector('simple', "products"."headline"), 'B') || setweight(to_tsvector('simple', "products"."description_part1" || ' ' || "products"."description_part2"), 'C')) STORED NOT NULL,
	CONSTRAINT "products_identifier_unique" UNIQUE("identifier"),
	CONSTRAINT "products_slug_unique" UNIQUE("slug"),
	CONSTRAINT "product_identifier_has_ten_characters" CHECK (char_length("products"."identifier") = 10),
	CONSTRAINT "product_status_known" CHECK ("products"."status" IN ('draft', 'active', 'archived'))
);
--> statement-breakpoint
CREATE TABLE "sku_images" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"sku_id" uuid NOT NULL,
	"url" text NOT NULL,
	"caption" text DEFAULT '' NOT NULL,
	"position" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sku_prices" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"sku_id" uuid NOT NULL,
	"amount" integer NOT NULL,
	"currency" char(3) NOT NULL,
	"effective_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sku_price_once_per_moment" UNIQUE("sku_id","currency","effective_at"),
	CONSTRAINT "sku_price_not_negative" CHECK ("sku_prices"."amount" >= 0),
	CONSTRAINT "sku_price_currency_lower_case" CHECK ("sku_prices"."currency" ~ '^[a-z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "skus" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"type" text DEFAULT 'product' NOT NULL,
	"inventory_state" text DEFAULT 'in_stock' NOT NULL,
	"on_hand" integer,
	"reserved" integer DEFAULT 0 NOT NULL,
	"color" text,
	"size" text,
	"description" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "skus_code_unique" UNIQUE("code"),
	CONSTRAINT "sku_inventory_state_known" CHECK ("skus"."inventory_state" IN ('in_stock', 'back_ordered', 'out_of_stock')),
	CONSTRAINT "stock_reserved_not_negative" CHECK ("skus"."reserved" >= 0),
	CONSTRAINT "stock_never_oversold" CHECK ("skus"."on_hand" IS NULL OR ("skus"."on_hand" >= 0 AND "skus"."reserved" <= "skus"."on_hand"))
);
--> statement-breakpoint
CREATE TABLE "checkout_discounts" (
	"checkout_id" uuid NOT NULL,
	"discount_code_id" uuid NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"description" text NOT NULL,
	"amount" integer NOT NULL,
	"customer_key" text,
	CONSTRAINT "checkout_discounts_pkey" PRIMARY KEY("checkout_id","discount_code_id"),
	CONSTRAINT "checkout_discount_not_negative" CHECK ("checkout_discounts"."amount" >= 0)
);
--> statement-breakpoint
CREATE TABLE "checkout_items" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"checkout_id" uuid NOT NULL,
	"sku_id" uuid NOT NULL,
	"product_id" uuid,
	"product_slug" text,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"position" integer NOT NULL,
	"quantity" integer NOT NULL,
	"unit_amount" integer NOT NULL,
	"discount_amount" integer NOT NULL,
	"line_total_amount" integer NOT NULL,
	CONSTRAINT "checkout_items_sku_once" UNIQUE("checkout_id","sku_id"),
	CONSTRAINT "checkout_item_quantity_positive" CHECK ("checkout_items"."quantity" > 0),
	CONSTRAINT "checkout_item_total_adds_up" CHECK ("checkout_items"."line_total_amount" = "checkout_items"."quantity" * "checkout_items"."unit_amount" - "checkout_items"."discount_amount" AND "checkout_items"."discount_amount" >= 0 AND "checkout_items"."line_total_amount" >= 0)
);
--> statement-breakpoint
CREATE TABLE "checkouts" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"cart_id" uuid,
	"cart_version" integer NOT NULL,
	"member_id" uuid,
	"visitor_id" uuid,
	"email" text,
	"locale" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"fingerprint" text NOT NULL,
	"idempotency_key" text,
	"stripe_session_id" text,
	"stripe_session_url" text,
	"currency" char(3) NOT NULL,
	"item_subtotal_amount" integer NOT NULL,
	"item_discount_amount" integer NOT NULL,
	"shipping_amount" integer NOT NULL,
	"shipping_discount_amount" integer NOT NULL,
	"total_amount" integer NOT NULL,
	"shipping_method_id" uuid,
	"shipping_method_name" text,
	"shipping_carrier" text,
	"tracking_url_template" text,
	"terms_of_sale_version" text NOT NULL,
	"agreed_with_terms_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"abandoned_at" timestamp (3) with time zone,
	"cart_cleared_at" timestamp (3) with time zone,
	"next_sweep_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "checkouts_stripe_session_unique" UNIQUE("stripe_session_id"),
	CONSTRAINT "checkout_status_known" CHECK ("checkouts"."status" IN ('open', 'processing', 'complete', 'expired', 'failed')),
	CONSTRAINT "checkout_total_adds_up" CHECK ("checkouts"."total_amount" = "checkouts"."item_subtotal_amount" - "checkouts"."item_discount_amount" + "checkouts"."shipping_amount" - "checkouts"."shipping_discount_amount"),
	CONSTRAINT "checkout_amounts_not_negative" CHECK (least("checkouts"."item_subtotal_amount", "checkouts"."item_discount_amount", "checkouts"."shipping_amount", "checkouts"."shipping_discount_amount", "checkouts"."total_amount") >= 0)
);
--> statement-breakpoint
CREATE TABLE "email_outbox" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"em_cd" text NOT NULL,
	"order_id" uuid,
	"to_address" text NOT NULL,
	"variables" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"request_id" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"next_sweep_at" timestamp (3) with time zone NOT NULL,
	"last_error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "email_outbox_status_known" CHECK ("email_outbox"."status" IN ('pending', 'sending', 'sent', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "email_templates" (
	"em_cd" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"audience" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"subject" text NOT NULL,
	"text_body" text NOT NULL,
	"html_body" text NOT NULL,
	"from_address" text NOT NULL,
	"bcc_address" text,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "email_template_audience_known" CHECK ("email_templates"."audience" IN ('member', 'prospect', 'operator')),
	CONSTRAINT "email_template_status_known" CHECK ("email_templates"."status" IN ('draft', 'active', 'archived'))
);
--> statement-breakpoint
CREATE TABLE "emails_sent" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"outbox_id" uuid NOT NULL,
	"order_id" uuid,
	"em_cd" text NOT NULL,
	"to_address" text NOT NULL,
	"message_id" text NOT NULL,
	"transport" text NOT NULL,
	"sent_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "email_sent_once_per_outbox_row" UNIQUE("outbox_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "request_once_per_idempotency_key" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
CREATE TABLE "terms_versions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"version" text NOT NULL,
	"body" text NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "terms_version_once" UNIQUE("kind","version"),
	CONSTRAINT "terms_kind_known" CHECK ("terms_versions"."kind" IN ('sale', 'use'))
);
--> statement-breakpoint
CREATE TABLE "webhook_events" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"object_id" text,
	"outcome" text NOT NULL,
	"error_code" text,
	"payload_hash" text NOT NULL,
	"order_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_event_outcome_known" CHECK ("webhook_events"."outcome" IN ('processed', 'ignored', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "order_billing_addresses" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"name" text,
	"phone" text,
	"line1" text,
	"line2" text,
	"city" text,
	"state" text,
	"postal_code" text,
	"country" text,
	CONSTRAINT "billing_address_once_per_order" UNIQUE("order_id")
);
--> statement-breakpoint
CREATE TABLE "order_discounts" (
	"order_id" uuid NOT NULL,
	"discount_code_id" uuid NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"description" text NOT NULL,
	"amount" integer NOT NULL,
	CONSTRAINT "order_discounts_pkey" PRIMARY KEY("order_id","discount_code_id")
);
--> statement-breakpoint
CREATE TABLE "order_email_failures" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"type" text NOT NULL,
	"phase" integer NOT NULL,
	"message" text NOT NULL,
	"customer_email" text NOT NULL,
	"is_member" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by" text,
	"notes" text DEFAULT '' NOT NULL,
	CONSTRAINT "email_failure_type_known" CHECK ("order_email_failures"."type" IN ('template_lookup', 'formatting', 'smtp', 'emailsent_logging', 'cart_deletion'))
);
--> statement-breakpoint
CREATE TABLE "order_items" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"sku_id" uuid NOT NULL,
	"product_id" uuid,
	"product_slug" text,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"position" integer NOT NULL,
	"quantity" integer NOT NULL,
	"unit_amount" integer NOT NULL,
	"discount_amount" integer NOT NULL,
	"line_total_amount" integer NOT NULL,
	CONSTRAINT "order_items_sku_once" UNIQUE("order_id","sku_id"),
	CONSTRAINT "order_item_total_adds_up" CHECK ("order_items"."line_total_amount" = "order_items"."quantity" * "order_items"."unit_amount" - "order_items"."discount_amount")
);
--> statement-breakpoint
CREATE TABLE "order_payments" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"stripe_payment_intent_id" text,
	"stripe_session_id" text NOT NULL,
	"stripe_customer_id" text,
	"payment_method_type" text,
	"amount" integer NOT NULL,
	"currency" char(3) NOT NULL,
	"paid_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_once_per_order" UNIQUE("order_id"),
	CONSTRAINT "payment_intent_once" UNIQUE("stripe_payment_intent_id"),
	CONSTRAINT "payment_session_once" UNIQUE("stripe_session_id"),
	CONSTRAINT "payment_intent_when_paid" CHECK ("order_payments"."amount" = 0 OR "order_payments"."stripe_payment_intent_id" IS NOT NULL)
);
--> statement-breakpoint
CREATE TABLE "order_shipping_addresses" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"name" text,
	"phone" text,
	"line1" text,
	"line2" text,
	"city" text,
	"state" text,
	"postal_code" text,
	"country" text,
	CONSTRAINT "shipping_address_once_per_order" UNIQUE("order_id")
);
--> statement-breakpoint
CREATE TABLE "order_shipping_methods" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"shipping_method_id" uuid,
	"name" text NOT NULL,
	"carrier" text NOT NULL,
	"amount" integer NOT NULL,
	"tracking_url_template" text,
	"tracking_number" text,
	CONSTRAINT "shipping_method_once_per_order" UNIQUE("order_id")
);
--> statement-breakpoint
CREATE TABLE "order_status_types" (
	"code" text PRIMARY KEY NOT NULL,
	"label" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"position" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "order_statuses" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"status" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"identifier" text NOT NULL,
	"checkout_id" uuid NOT NULL,
	"member_id" uuid,
	"prospect_id" uuid,
	"email" text NOT NULL,
	"customer_name" text,
	"locale" text NOT NULL,
	"currency" char(3) NOT NULL,
	"item_subtotal_amount" integer NOT NULL,
	"item_discount_amount" integer NOT NULL,
	"shipping_amount" integer NOT NULL,
	"shipping_discount_amount" integer NOT NULL,
	"tax_amount" integer NOT NULL,
	"total_amount" integer NOT NULL,
	"terms_of_sale_version" text NOT NULL,
	"agreed_with_terms_at" timestamp (3) with time zone NOT NULL,
	"placed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "orders_identifier_unique" UNIQUE("identifier"),
	CONSTRAINT "order_once_per_checkout" UNIQUE("checkout_id"),
	CONSTRAINT "order_total_adds_up" CHECK ("orders"."total_amount" = "orders"."item_subtotal_amount" - "orders"."item_discount_amount" + "orders"."shipping_amount" - "orders"."shipping_discount_amount" + "orders"."tax_amount"),
	CONSTRAINT "order_has_a_buyer" CHECK (num_nonnulls("orders"."member_id", "orders"."prospect_id") <= 1)
);
--> statement-breakpoint
CREATE TABLE "members" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"username" text NOT NULL,
	"email" text NOT NULL,
	"mb_cd" text NOT NULL,
	"stripe_customer_id" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_mb_cd_unique" UNIQUE("mb_cd"),
	CONSTRAINT "members_stripe_customer_unique" UNIQUE("stripe_customer_id")
);
--> statement-breakpoint
CREATE TABLE "prospects" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text NOT NULL,
	"name" text,
	"pr_cd" text NOT NULL,
	"comment" text DEFAULT '' NOT NULL,
	"first_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "prospects_pr_cd_unique" UNIQUE("pr_cd")
);
--> statement-breakpoint
ALTER TABLE "cart_discount_codes" ADD CONSTRAINT "cart_discount_codes_cart_id_carts_id_fk" FOREIGN KEY ("cart_id") REFERENCES "public"."carts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cart_discount_codes" ADD CONSTRAINT "cart_discount_codes_discount_code_id_discount_codes_id_fk" FOREIGN KEY ("discount_code_id") REFERENCES "public"."discount_codes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cart_items" ADD CONSTRAINT "cart_items_cart_id_carts_id_fk" FOREIGN KEY ("cart_id") REFERENCES "public"."carts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cart_items" ADD CONSTRAINT "cart_items_sku_id_skus_id_fk" FOREIGN KEY ("sku_id") REFERENCES "public"."skus"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "carts" ADD CONSTRAINT "carts_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "carts" ADD CONSTRAINT "carts_shipping_method_id_shipping_methods_id_fk" FOREIGN KEY ("shipping_method_id") REFERENCES "public"."shipping_methods"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_images" ADD CONSTRAINT "product_images_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_skus" ADD CONSTRAINT "product_skus_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_skus" ADD CONSTRAINT "product_skus_sku_id_skus_id_fk" FOREIGN KEY ("sku_id") REFERENCES "public"."skus"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sku_images" ADD CONSTRAINT "sku_images_sku_id_skus_id_fk" FOREIGN KEY ("sku_id") REFERENCES "public"."skus"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sku_prices" ADD CONSTRAINT "sku_prices_sku_id_skus_id_fk" FOREIGN KEY ("sku_id") REFERENCES "public"."skus"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkout_discounts" ADD CONSTRAINT "checkout_discounts_checkout_id_checkouts_id_fk" FOREIGN KEY ("checkout_id") REFERENCES "public"."checkouts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkout_discounts" ADD CONSTRAINT "checkout_discounts_discount_code_id_discount_codes_id_fk" FOREIGN KEY ("discount_code_id") REFERENCES "public"."discount_codes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkout_items" ADD CONSTRAINT "checkout_items_checkout_id_checkouts_id_fk" FOREIGN KEY ("checkout_id") REFERENCES "public"."checkouts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkout_items" ADD CONSTRAINT "checkout_items_sku_id_skus_id_fk" FOREIGN KEY ("sku_id") REFERENCES "public"."skus"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkout_items" ADD CONSTRAINT "checkout_items_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_cart_id_carts_id_fk" FOREIGN KEY ("cart_id") REFERENCES "public"."carts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_shipping_method_id_shipping_methods_id_fk" FOREIGN KEY ("shipping_method_id") REFERENCES "public"."shipping_methods"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "email_outbox" ADD CONSTRAINT "email_outbox_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "emails_sent" ADD CONSTRAINT "emails_sent_outbox_id_email_outbox_id_fk" FOREIGN KEY ("outbox_id") REFERENCES "public"."email_outbox"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "emails_sent" ADD CONSTRAINT "emails_sent_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_billing_addresses" ADD CONSTRAINT "order_billing_addresses_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_discounts" ADD CONSTRAINT "order_discounts_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_discounts" ADD CONSTRAINT "order_discounts_discount_code_id_discount_codes_id_fk" FOREIGN KEY ("discount_code_id") REFERENCES "public"."discount_codes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_email_failures" ADD CONSTRAINT "order_email_failures_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_sku_id_skus_id_fk" FOREIGN KEY ("sku_id") REFERENCES "public"."skus"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_payments" ADD CONSTRAINT "order_payments_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_shipping_addresses" ADD CONSTRAINT "order_shipping_addresses_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_shipping_methods" ADD CONSTRAINT "order_shipping_methods_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_shipping_methods" ADD CONSTRAINT "order_shipping_methods_shipping_method_id_shipping_methods_id_fk" FOREIGN KEY ("shipping_method_id") REFERENCES "public"."shipping_methods"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_statuses" ADD CONSTRAINT "order_statuses_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_statuses" ADD CONSTRAINT "order_statuses_status_order_status_types_code_fk" FOREIGN KEY ("status") REFERENCES "public"."order_status_types"("code") ON DELETE restrict ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_checkout_id_checkouts_id_fk" FOREIGN KEY ("checkout_id") REFERENCES "public"."checkouts"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_prospect_id_prospects_id_fk" FOREIGN KEY ("prospect_id") REFERENCES "public"."prospects"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cart_discount_codes_by_code" ON "cart_discount_codes" USING btree ("discount_code_id");--> statement-breakpoint
CREATE INDEX "cart_items_by_sku" ON "cart_items" USING btree ("sku_id");--> statement-breakpoint
CREATE INDEX "carts_by_last_change" ON "carts" USING btree ("updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "discount_codes_code_unique" ON "discount_codes" USING btree (upper("code"));--> statement-breakpoint
CREATE INDEX "product_images_by_product" ON "product_images" USING btree ("product_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "product_one_main_image" ON "product_images" USING btree ("product_id") WHERE is_main;--> statement-breakpoint
CREATE INDEX "product_skus_by_sku" ON "product_skus" USING btree ("sku_id","position");--> statement-breakpoint
CREATE INDEX "products_active_newest" ON "products" USING btree ("id") WHERE status = 'active';--> statement-breakpoint
CREATE INDEX "products_active_title" ON "products" USING btree ("title","id") WHERE status = 'active';--> statement-breakpoint
CREATE INDEX "products_search" ON "products" USING gin ("search");--> statement-breakpoint
CREATE INDEX "sku_images_by_sku" ON "sku_images" USING btree ("sku_id","position");--> statement-breakpoint
CREATE INDEX "checkout_discounts_by_customer" ON "checkout_discounts" USING btree ("discount_code_id","customer_key");--> statement-breakpoint
CREATE INDEX "checkout_items_by_sku" ON "checkout_items" USING btree ("sku_id");--> statement-breakpoint
CREATE UNIQUE INDEX "checkout_one_open_per_cart" ON "checkouts" USING btree ("cart_id") WHERE status = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "checkout_once_per_idempotency_key" ON "checkouts" USING btree ("cart_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "checkouts_to_sweep" ON "checkouts" USING btree ("next_sweep_at") WHERE status IN ('open', 'processing');--> statement-breakpoint
CREATE INDEX "checkouts_cart_not_cleared" ON "checkouts" USING btree ("closed_at") WHERE status = 'complete' AND cart_cleared_at IS NULL;--> statement-breakpoint
CREATE INDEX "checkouts_by_visitor" ON "checkouts" USING btree ("visitor_id");--> statement-breakpoint
CREATE INDEX "checkouts_by_member" ON "checkouts" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "email_outbox_to_sweep" ON "email_outbox" USING btree ("next_sweep_at") WHERE status IN ('pending', 'sending');--> statement-breakpoint
CREATE INDEX "email_outbox_by_order" ON "email_outbox" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "emails_sent_by_order" ON "emails_sent" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_by_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "terms_versions_current" ON "terms_versions" USING btree ("kind","effective_at");--> statement-breakpoint
CREATE INDEX "webhook_events_by_object" ON "webhook_events" USING btree ("object_id");--> statement-breakpoint
CREATE INDEX "webhook_events_by_order" ON "webhook_events" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "webhook_events_failed" ON "webhook_events" USING btree ("received_at") WHERE outcome = 'failed';--> statement-breakpoint
CREATE INDEX "order_discounts_by_code" ON "order_discounts" USING btree ("discount_code_id");--> statement-breakpoint
CREATE INDEX "order_email_failures_by_order" ON "order_email_failures" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "order_email_failures_unresolved" ON "order_email_failures" USING btree ("created_at") WHERE resolved_at IS NULL;--> statement-breakpoint
CREATE INDEX "order_items_by_sku" ON "order_items" USING btree ("sku_id");--> statement-breakpoint
CREATE INDEX "order_statuses_by_order" ON "order_statuses" USING btree ("order_id","id");--> statement-breakpoint
CREATE INDEX "orders_by_member" ON "orders" USING btree ("member_id","id");--> statement-breakpoint
CREATE INDEX "orders_by_prospect" ON "orders" USING btree ("prospect_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "members_username_unique" ON "members" USING btree (lower("username"));--> statement-breakpoint
CREATE UNIQUE INDEX "members_email_unique" ON "members" USING btree (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX "prospects_email_unique" ON "prospects" USING btree (lower("email"));