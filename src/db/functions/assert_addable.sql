-- Asserts that this SKU can be added to a cart. Raises `cart_lines_within_limit` (counted with the SKU in it),
-- `sku_on_sale`, `sku_in_product` (only with `from_product`), `sku_priced`, `sku_in_stock`.
CREATE OR REPLACE FUNCTION assert_addable(
  to_cart uuid, lines_max integer, the_sku uuid, from_product uuid, shop_currency char, moment timestamptz
) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
PERFORM
  assert_that((SELECT count(*) FROM cart_items WHERE cart_id = to_cart) <= lines_max, 'cart_lines_within_limit'),
  assert_that(EXISTS (
    SELECT 1 FROM product_skus ps JOIN products p ON p.id = ps.product_id
    WHERE ps.sku_id = the_sku AND p.status = 'active'), 'sku_on_sale'),
  assert_that(from_product IS NULL OR EXISTS (
    SELECT 1 FROM product_skus ps JOIN products p ON p.id = ps.product_id
    WHERE ps.sku_id = the_sku AND p.id = from_product AND p.status = 'active'), 'sku_in_product'),
  assert_that(EXISTS (
    SELECT 1 FROM sku_prices price
    WHERE price.sku_id = the_sku AND price.currency = shop_currency AND price.effective_at <= moment), 'sku_priced'),
  assert_that((SELECT inventory_state <> 'out_of_stock' FROM skus WHERE id = the_sku), 'sku_in_stock');
END
$$;
