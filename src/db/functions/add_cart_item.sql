-- Adds units of a SKU to the cart of a member or a visitor, opens the cart as `new_cart` if there is none, and answers
-- it as `cart_of` does. It is one call with kept plans, instead of five statements that are planned each time.
-- `from_product` is the product whose page the SKU was chosen on; the last one given counts. Locks the cart's row, so
-- that changes of one cart run one after another.
-- Raises `request_once_per_idempotency_key` first of all, `cart_items_sku_id_skus_id_fk`,
-- `cart_items_product_id_products_id_fk`, `cart_quantity_within_limit`, and what `assert_addable` raises.
CREATE OR REPLACE FUNCTION add_cart_item(
  of_member uuid, of_visitor uuid, new_cart uuid, the_sku uuid, units integer, lines_max integer,
  shop_currency char, moment timestamptz, request_scope text, request_key text, request_fingerprint text,
  from_product uuid DEFAULT NULL
) RETURNS json LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  to_cart uuid;
BEGIN
  INSERT INTO idempotency_keys (scope, key, fingerprint) VALUES (request_scope, request_key, request_fingerprint);
  IF of_member IS NULL THEN
    INSERT INTO carts (id, visitor_id) VALUES (new_cart, of_visitor)
    ON CONFLICT (visitor_id) DO UPDATE SET version = carts.version + 1, updated_at = now()
    RETURNING id INTO to_cart;
  ELSE
    INSERT INTO carts (id, member_id) VALUES (new_cart, of_member)
    ON CONFLICT (member_id) DO UPDATE SET version = carts.version + 1, updated_at = now()
    RETURNING id INTO to_cart;
  END IF;
  INSERT INTO cart_items (cart_id, sku_id, product_id, quantity) VALUES (to_cart, the_sku, from_product, units)
  ON CONFLICT (cart_id, sku_id) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity,
    product_id = coalesce(excluded.product_id, cart_items.product_id);
  PERFORM assert_addable(to_cart, lines_max, the_sku, from_product, shop_currency, moment);
  RETURN cart_of(to_cart, shop_currency, moment);
END
$$;
