-- How often a customer has redeemed a code or reserved it in a checkout: with this key, or as this member with any
-- address. Either may be null; the checkout `apart_from` is not counted.
CREATE OR REPLACE FUNCTION redemptions_by(the_key text, the_member uuid, the_code uuid, apart_from uuid)
RETURNS bigint LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
RETURN (
  SELECT count(*) FROM (
    SELECT d.checkout_id FROM checkout_discounts d WHERE d.discount_code_id = the_code AND d.customer_key = the_key
    UNION
    SELECT d.checkout_id FROM checkouts c
    JOIN checkout_discounts d ON d.checkout_id = c.id AND d.discount_code_id = the_code
    WHERE c.member_id = the_member
  ) used JOIN checkouts c ON c.id = used.checkout_id
  WHERE c.status IN ('open', 'processing', 'complete') AND c.id IS DISTINCT FROM apart_from);
END
$$;
