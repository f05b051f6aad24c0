CREATE INDEX "skus_by_color" ON "skus" USING btree (lower("color"));--> statement-breakpoint
CREATE INDEX "skus_by_size" ON "skus" USING btree (lower("size"));